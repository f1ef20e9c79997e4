"""
Modules that are loaded when something of them is first used.

Most commands of a stand-in neither read JSON nor match a pattern, and to load the two takes a
tenth of its short life.
"""

from __future__ import annotations

from importlib import import_module

from provision.local.world.hints import TYPE_CHECKING

if TYPE_CHECKING:
    import json
    import re
else:

    class Later:
        """Stands for the module of that name."""

        def __init__(self, name: str) -> None:
            self._name = name

        def __getattr__(self, attribute: str) -> object:
            value = getattr(import_module(self._name), attribute)
            setattr(self, attribute, value)
            return value

    json, re = Later("json"), Later("re")

__all__ = ["json", "re"]
