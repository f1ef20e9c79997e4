"""The words a manifest chooses from."""

from __future__ import annotations

import enum


class Environment(enum.Enum):
    """Which world a manifest describes; its production is guarded more closely."""

    TEST = "test"
    PROD = "prod"


class Exposure(enum.Enum):
    """Who reaches an app."""

    PUBLIC = "public"
    """The whole internet, by the addresses that are declared."""

    PRIVATE = "private"
    """The organization's networks, through Flycast; a public address is an error."""

    NONE = "none"
    """Nobody by an address of its own; any address is an error."""


class PublicIP(enum.Enum):
    """A kind of public address."""

    V6 = "v6"
    SHARED_V4 = "shared_v4"
    V4 = "v4"
    """Costs money: only with ``--allow-paid``."""


class ExpectState(enum.Enum):
    """What the machines of an app do when nobody talks to them."""

    RUNNING = "running"
    IDLE_OK = "idle-ok"


class Checks(enum.Enum):
    """What must be known of how an app does."""

    IF_DECLARED = "if-declared"
    """What its checks and its probe say, if it has any; else it is unproven."""

    REQUIRED = "required"
    """One of them says that it is well: what is unproven is an error."""


class OnFailure(enum.Enum):
    """What a failed app does to those that do not depend on it."""

    STOP = "stop"
    CONTINUE = "continue-independent"


class CrossNetworkReplay(enum.Enum):
    """Whether apps hand requests to apps on other networks, by ``fly-replay``."""

    UNCHECKED = "unchecked"
    """Nothing is said of it: the organization's setting is not read."""

    REQUIRED = "required"
    """They do, and the organization must allow it; that is never changed for it."""
