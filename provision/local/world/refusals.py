"""What Fly says when it refuses: a status, a message and a code, worded once for everybody."""

from __future__ import annotations

from provision.local.world.later import json

GATEWAY = {502, 503, 504}
"""What proxies in front of Fly answer; they write no JSON."""


class Refusal(Exception):
    """
    Raised by every operation of the world that Fly would answer with an error.

    Attributes:
        status: The HTTP status of the REST answer.
        message: What REST says.
        code: REST's machine-readable code, or "".
        title: What GraphQL says; the same as *message* where both say the same.
        extension: GraphQL's code, or "".
        graphql_status: GraphQL answers an error with 200, except before it has read the query.
    """

    status = 422
    code = ""
    extension = ""
    graphql_status = 200

    def __init__(self, message: str, title: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.title = title or message

    def __str__(self) -> str:
        return self.message

    @property
    def body(self) -> str:
        """What REST says: JSON, with the blanks that flyctl repeats, or the text of a proxy."""
        if self.status in GATEWAY:
            return self.message
        coded = {"status": self.code} if self.code else {}
        return json.dumps({"error": self.message, **coded})


class Answered(Refusal):
    """Raised in place of an answer that a fault ordered, word for word."""

    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.graphql_status = status
        self.code = code
        self.extension = code


class NotAuthenticated(Refusal):
    """Raised where the token is not one that this world knows."""

    status = 401
    graphql_status = 401
    extension = "UNAUTHORIZED"

    def __init__(self) -> None:
        title = "You must be authenticated to view this."
        super().__init__("Authenticate: token validation error", title)


class NotFound(Refusal):
    """Raised for something that is not there, or that the token may not see."""

    status = 404
    extension = "NOT_FOUND"


class AppNotFound(NotFound):
    """Raised for an app that is not there."""

    def __init__(self, name: str) -> None:
        super().__init__("app not found", f'Could not find App "{name}"')


class OrganizationNotFound(NotFound):
    """Raised for an organization that is not there."""

    def __init__(self) -> None:
        super().__init__("organization not found", "Could not find Organization")


class AddressNotFound(NotFound):
    """Raised where an app does not have the address it should give back."""

    def __init__(self) -> None:
        super().__init__("ip address not found", "Could not find IP address")


class NetworkNotFound(Refusal):
    """Raised for a network that no app of the organization was created on."""

    status = 400

    def __init__(self) -> None:
        super().__init__("network not found")


class NameTaken(Refusal):
    """Raised for an app name that exists, in whatever organization."""

    code = "name_taken"

    def __init__(self) -> None:
        super().__init__("Validation failed: Name has already been taken")


class Invalid(Refusal):
    """Raised for a value that Fly does not take."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Validation failed: {what}")


class Malformed(Refusal):
    """Raised for a request that does not fit the state of things."""

    status = 400


class Precondition(Refusal):
    """Raised where a machine is in the wrong state for what is asked."""

    status = 412


class MachineNotFound(NotFound):
    """Raised for a machine that is not there."""

    def __init__(self) -> None:
        super().__init__("machine not found")


class VolumeNotFound(NotFound):
    """Raised for a volume that is not there."""

    def __init__(self) -> None:
        super().__init__("volume not found")


class LeaseNotFound(NotFound):
    """Raised where no lease is held."""

    def __init__(self) -> None:
        super().__init__("lease not found")


class LeaseHeld(Refusal):
    """Raised where somebody else holds the lease of a machine."""

    status = 409
    code = "invalid"

    def __init__(self, machine: str, owner: str, expires: str) -> None:
        super().__init__(
            f"machine ID {machine} lease currently held by {owner}, expires at {expires}"
        )

    @property
    def body(self) -> str:
        """What REST says: in the envelope that leases have."""
        return json.dumps({"status": "error", "message": self.message, "code": self.code})


class WaitedTooLong(Refusal):
    """Raised where a machine did not reach a state while somebody waited for it."""

    status = 408

    def __init__(self, wanted: str, state: str) -> None:
        super().__init__(
            f"deadline_exceeded: machine failed to reach desired state, {wanted}, currently {state}"
        )
