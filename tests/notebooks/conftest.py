"""Without what runs a notebook there is nothing to collect here; `make notebooks` installs it."""

from importlib.util import find_spec

needed = ("ipykernel", "jupytext", "nbclient", "nbformat")
collect_ignore_glob = [] if all(map(find_spec, needed)) else ["test_*.py"]
