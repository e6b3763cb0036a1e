"""Command lines of stages, as the rules call them."""

import json
from collections.abc import Mapping
from pathlib import Path


def arguments(folder: Path, files: Mapping[str, object], **parameters: object) -> list[str]:
    """Return the arguments of a stage: files by option, and a recipe with the parameters, written beside a folder."""
    recipe = folder.with_name(f"{folder.name}.recipe.json")
    recipe.write_text(json.dumps({"parameters": parameters}), encoding="utf-8")
    given = {name: value if isinstance(value, list) else [value] for name, value in files.items()}
    options = [text for name, values in given.items() for text in (f"--{name.replace('_', '-')}", *map(str, values))]
    return [*options, "--recipe", str(recipe)]
