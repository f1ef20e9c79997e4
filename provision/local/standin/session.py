"""One run of the stand-in: its world, what it was given, and where it writes."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from provision.local.standin.api import Api
from provision.local.standin.commandline import Given, is_true
from provision.local.standin.failure import Failure
from provision.local.standin.grammar import Command
from provision.local.standin.quirks import Quirks
from provision.local.world import World

_TRUTHY = {"1", "ok", "t", "true"}
NO_TOKEN = "no access token available. Please login with 'flyctl auth login'"  # noqa: S105


class Session:
    """
    What a command holds while it runs.

    Args:
        world: The world it acts on.
        command: The command.
        given: Its flags and arguments.
        env: The environment.
    """

    def __init__(
        self, world: World, command: Command, given: Given, env: Mapping[str, str]
    ) -> None:
        self.world = world
        self.arguments = given.arguments
        self.env = env
        self._given = given.values
        self._defaults = {flag.name: flag.default for flag in command.flags}
        self.api = Api(world, self._token(), env)
        self.quirks = Quirks(world, self.flag("app") or env.get("FLY_APP"))
        if command.needs_token and not self.api.token:
            raise Failure(NO_TOKEN)

    def flag(self, name: str) -> str:
        """Return the last value given to a flag, or its default; a list flag's first."""
        return self._given.get(name, [self._defaults.get(name, "")])[-1]

    def all(self, name: str) -> list[str]:
        """Return every value given to a flag."""
        return self._given.get(name, [])

    def given(self, name: str) -> bool:
        """Return whether a flag was given at all."""
        return name in self._given

    def is_on(self, name: str) -> bool:
        """Return whether a boolean flag is on."""
        return is_true(self.flag(name))

    def number(self, name: str) -> int:
        """Return the value of a flag that is a number."""
        return int(self.flag(name))

    @property
    def argument(self) -> str:
        """The first argument, or ""."""
        return self.arguments[0] if self.arguments else ""

    @property
    def json(self) -> bool:
        """Whether JSON is asked for, by flag or by ``FLY_JSON``."""
        return self.is_on("json") or self.env.get("FLY_JSON", "").lower() in _TRUTHY

    @property
    def org(self) -> str:
        """The organization by flag or environment, or ""."""
        by_env = self.env.get("FLY_ORG", "") or self.env.get("FLY_ORGANIZATION", "")
        return self.flag("org") or by_env

    @property
    def region(self) -> str:
        """The region by flag or environment, or ""."""
        return self.flag("region") or self.env.get("FLY_REGION", "")

    def say(self, text: str = "", end: str = "\n") -> None:
        """Write to stdout, at once: a killed command has said what it had done."""
        sys.stdout.write(self.quirks.reshaped(text) + end)
        sys.stdout.flush()

    def note(self, text: str = "", end: str = "\n") -> None:
        """Write to stderr, at once."""
        sys.stderr.write(text + end)
        sys.stderr.flush()

    def _token(self) -> str:
        token = self.flag("access-token")
        for name in ("FLY_ACCESS_TOKEN", "FLY_API_TOKEN"):
            if not token and name in self.env:
                # The first one that is set wins, even with nothing in it.
                return self.env[name]
        return token
