"""How the documentation is built: `sphinx-build -W docs build/docs`."""

from importlib.metadata import version as version_of

project = "segrules"
author = "The segrules developers"
version = release = version_of("segrules")
extensions = ["myst_parser"]
html_theme = "furo"
myst_heading_anchors = 3
exclude_patterns = ["conf.py"]
