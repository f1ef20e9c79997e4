"""The program itself, and who it acts for."""

from __future__ import annotations

from attrs import frozen


@frozen
class FlyctlVersion:
    """
    The program itself.

    Attributes:
        environment: ``production``, or ``development`` for one built from source, whose
            version is a date.
    """

    name: str
    version: str
    environment: str
    commit: str = ""

    @property
    def is_release(self) -> bool:
        """Whether it was released, and not built from source by somebody."""
        return self.environment == "production"


@frozen
class Identity:
    """Who the token belongs to, as far as Fly says."""

    email: str
