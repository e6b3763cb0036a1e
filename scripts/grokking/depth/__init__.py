"""Beyond the paper: networks of one to four layers, and other optimisers on ridge regression."""
