"""What is asked for as a whole: a manifest with the fly.toml of each of its apps."""

from provision.platform.model import Platform, PlatformApp

__all__ = ["Platform", "PlatformApp"]
