"""Ask vision models about images."""

__version__ = "0.1.0"
