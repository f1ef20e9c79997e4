"""A Fly.io as data: its nouns and their rules, in one file that several processes share."""

from provision.local.world.store import NotAWorld, World, create_world

__all__ = ["NotAWorld", "World", "create_world"]
