"""What matplotlib takes from the user's session while it is imported is taken away: to be imported before it."""

import os

for variable in ("MPLBACKEND", "FREETYPE_PROPERTIES"):
    os.environ.pop(variable, None)
os.environ["MATPLOTLIBRC"] = os.devnull  # an empty file in place of the user's, which may not even be text
