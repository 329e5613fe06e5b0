"""The audiences an engine has, with everything known about each."""
