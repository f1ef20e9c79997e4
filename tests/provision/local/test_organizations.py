"""Organizations of the local Fly."""

from __future__ import annotations

import pytest

from provision.local.world import World, apps, faults, organizations
from provision.local.world.refusals import Invalid, Malformed, OrganizationNotFound

from .flies import Fly


def test_the_viewer_has_a_personal_organization(world: World) -> None:
    """It is there from the beginning, with an alias for a slug."""
    [personal] = organizations.list_(world)

    assert (personal.slug, personal.raw_slug, personal.type) == ("personal", "dev-123", "PERSONAL")
    assert organizations.show(world, "dev-123") == personal


def test_the_server_chooses_the_slug_from_the_name(world: World) -> None:
    """The same name again is another organization with another slug."""
    created = [organizations.create(world, "Acme  Corp!") for _ in range(3)]

    assert [each.slug for each in created] == ["acme-corp", "acme-corp-2", "acme-corp-3"]
    assert len({each.id for each in created}) == 3


def test_a_slug_may_differ_from_what_the_name_suggests(world: World) -> None:
    """With the scenario slug-differs nobody can derive it."""
    faults.tell(world, "slug-differs")

    created = organizations.create(world, "Acme Corp")

    assert created.slug.startswith("acme-corp-")
    assert organizations.show(world, created.slug) == created


@pytest.mark.parametrize("name", ["", "   "])
def test_a_name_is_needed(world: World, name: str) -> None:
    """An organization without a name is refused."""
    with pytest.raises(Invalid, match="Name can't be blank"):
        organizations.create(world, name)


def test_an_organization_with_apps_is_not_deleted(world: World) -> None:
    """Once its apps are gone, it is."""
    acme = organizations.create(world, "Acme")
    apps.create(world, "web", organization="acme")

    with pytest.raises(Malformed, match="still has apps"):
        organizations.delete(world, acme.id)
    apps.delete(world, "web")
    organizations.delete(world, acme.id)

    with pytest.raises(OrganizationNotFound):
        organizations.show(world, "acme")


def test_the_personal_organization_is_not_deleted(world: World) -> None:
    """Fly keeps it for its viewer."""
    [personal] = organizations.list_(world)

    with pytest.raises(Malformed, match="personal"):
        organizations.delete(world, personal.id)


def test_replays_across_networks_are_off_until_they_are_allowed(world: World) -> None:
    """For each organization, or for all with the scenario replays-cross."""
    organizations.create(world, "Acme")
    assert not organizations.replays_cross(world, "acme")

    organizations.let_replays_cross(world, "acme", allow=True)
    found = [organizations.replays_cross(world, slug) for slug in ("acme", "personal")]
    organizations.let_replays_cross(world, "acme", allow=False)
    faults.tell(world, "replays-cross")

    assert found == [True, False]
    assert not organizations.show(world, "acme").replays_cross
    assert organizations.replays_cross(world, "acme")


def test_whether_replays_are_allowed_may_be_hidden(fly: Fly) -> None:
    """With the scenario replays-hidden there is no answer, least of all a no."""
    with fly.world as world:
        faults.tell(world, "replays-hidden")

    done = fly.run("orgs", "cross-network-replays", "status", "--org", "personal", "--json")

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.endswith("server returned a non-200 status code: 403\n")


def test_a_slug_is_free_again_after_a_deletion(world: World) -> None:
    """The world remembers no slug that is not in use."""
    organizations.delete(world, organizations.create(world, "Acme").id)

    assert organizations.create(world, "Acme").slug == "acme"
