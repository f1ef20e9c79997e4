"""A whole Fly.io organization from one manifest."""

__version__ = "0.1.0"
