"""What is to be done about the organization."""

from __future__ import annotations

from collections.abc import Mapping

from provision.errors import PreconditionFailed, Refused
from provision.fly import orgs
from provision.plan.change import Action, Change
from provision.session import Session


def org_changes(session: Session, names: Mapping[str, str]) -> tuple[Change, ...]:
    """
    What is to be done about the organization.

    Args:
        session: The run.
        names: The name of every organization the token sees, by slug.

    Raises:
        PreconditionFailed: it is missing and may not be created.
        Refused: its name belongs to another slug, or to several.
    """
    org = session.platform.manifest.org
    if org.slug in names:
        return ()
    namesakes = sorted(slug for slug, name in names.items() if name == org.name)
    if len(namesakes) > 1:
        raise Refused(
            f"several organizations are called {org.name!r}: {', '.join(namesakes)}",
            "write the slug of the one that is meant into the manifest",
        )
    if namesakes:
        raise Refused(
            f"the organization {org.name!r} has the slug {namesakes[0]}, not {org.slug}",
            "Fly chooses slugs: write it into the manifest, or choose another name",
        )
    if not org.create:
        raise PreconditionFailed(
            f"there is no organization {org.slug} that the token sees",
            "create it, or say create = true under [org] in the manifest",
        )
    return (
        Change(
            Action.CREATE,
            f"organization {org.name}",
            f"the token sees no organization {org.slug}",
            orgs.create(session.fly, org.name),
        ),
    )
