"""Scenarios about the account: billing, limits, tokens, names."""

from __future__ import annotations

from provision.local.world.faults import Fault, Kind, Mark
from provision.local.world.scenarios.scenario import Scenario, mark_, refuse

BILLING = (
    "We need your payment information to continue! Add a credit card or buy credit: "
    "https://fly.io/dashboard/personal/billing"
)
ONE_MACHINE_ONLY = (
    "To create more than 1 machine per app please add a payment method. "
    "https://fly.io/dashboard/personal/billing"
)
TOO_MANY = 429

ACCOUNT: dict[str, Scenario] = {
    "billing-required": refuse(
        "The organization has no payment source, and machines cannot be created.",
        "machines.create",
        422,
        BILLING,
    ),
    "one-machine-without-billing": Scenario(
        "Without a payment source an app may have one machine only.",
        (Fault("machines.create", Kind.REFUSE, 422, ONE_MACHINE_ONLY, skip=1),),
    ),
    "billing-blocks-org-deletion": refuse(
        "The organization cannot be deleted while it owes money.",
        "organizations.delete",
        200,
        "You cannot delete an organization with unpaid invoices",
    ),
    "machine-quota": refuse(
        "The organization has reached its limit of machines.",
        "machines.create",
        422,
        "Your organization has reached its machine limit. Please contact billing@fly.io",
    ),
    "app-quota": refuse(
        "The organization has reached its limit of apps.",
        "apps.create",
        422,
        "Your organization has reached its app limit. Please contact billing@fly.io",
    ),
    "insufficient-capacity": refuse(
        "The region has no room for the machine.",
        "machines.create",
        422,
        "insufficient resources",
        "insufficient_capacity",
    ),
    "host-full": Scenario(
        "The machine's host has no room for its update; flyctl replaces the machine.",
        (
            Fault(
                "machines.update",
                Kind.REFUSE,
                412,
                "could not reserve resource for machine: insufficient memory available",
                times=1,
            ),
        ),
    ),
    "rate-limited": refuse("Every request is one too many.", "*", TOO_MANY, "rate limit exceeded"),
    "rate-limited-machines": refuse(
        "Every request about machines is one too many.",
        "machines.*",
        TOO_MANY,
        "rate limit exceeded",
    ),
    "token-expired": refuse(
        "The token is not valid any more.", "*", 401, "Authenticate: token validation error"
    ),
    "token-read-only": refuse(
        "The token may read and change nothing.", "changes", 403, "not authorized"
    ),
    "token-of-another-org": Scenario(
        "The token belongs to another organization: apps are not found, organizations are hidden.",
        (
            Fault("apps.show", Kind.REFUSE, 404, "app not found"),
            Fault("machines.*", Kind.REFUSE, 404, "app not found"),
            Fault("organizations.show", Kind.REFUSE, 200, "Could not find Organization"),
        ),
    ),
    "name-taken": refuse(
        "Somebody else has the app's name.",
        "apps.create",
        422,
        "Validation failed: Name has already been taken",
        "name_taken",
    ),
    "slug-differs": mark_(
        "The server gives a new organization another slug than its name suggests.",
        Mark.SLUG_DIFFERS,
    ),
    "replays-cross": mark_(
        "Somebody has allowed replays across the networks of every organization.",
        Mark.REPLAYS_CROSS,
    ),
    "replays-hidden": refuse(
        "Whether replays across networks are allowed may not be read.",
        "replays.show",
        403,
        "not authorized",
    ),
}
