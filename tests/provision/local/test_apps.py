"""Apps and networks of the local Fly."""

from __future__ import annotations

import pytest

from provision.local.world import World, apps, faults, networks, organizations, releases
from provision.local.world.apps import AppStatus
from provision.local.world.refusals import (
    AppNotFound,
    Invalid,
    NameTaken,
    NetworkNotFound,
    OrganizationNotFound,
)


def test_names_are_unique_across_all_organizations(world: World) -> None:
    """Also against apps of strangers, which nobody here can see."""
    organizations.create(world, "Acme")
    apps.create(world, "web", organization="acme")
    apps.create_strangers(world, "api")

    for name in ("web", "api"):
        with pytest.raises(NameTaken, match="Name has already been taken"):
            apps.create(world, name, organization="personal")
    with pytest.raises(AppNotFound):
        apps.show(world, "api")
    assert [app.name for app in apps.list_(world)] == ["web"]


@pytest.mark.parametrize("name", ["Web", "web_1", "-web", "web-", "", "wéb", "a" * 64, "a.b"])
def test_names_follow_a_grammar(world: World, name: str) -> None:
    """Lowercase letters, digits and dashes inside, 63 at most."""
    with pytest.raises(Invalid, match="Name is"):
        apps.create(world, name, organization="personal")


def test_the_longest_name_is_fine(world: World) -> None:
    """It is a DNS label."""
    assert apps.create(world, "a" * 63, organization="personal").name == "a" * 63


def test_an_app_stays_on_its_network(world: World) -> None:
    """The network is made by the first app on it, and belongs to its organization."""
    organizations.create(world, "Acme")
    first = apps.create(world, "web", organization="acme", network="blue")
    second = apps.create(world, "api", organization="acme", network="blue")
    elsewhere = apps.create(world, "own", organization="personal", network="blue")

    assert (first.network, first.custom_network) == ("blue", "blue")
    assert first.network_number == second.network_number != elsewhere.network_number


def test_the_default_network_has_no_name_in_graphql(world: World) -> None:
    """REST says default where GraphQL says nothing."""
    app = apps.create(world, "web", organization="personal")

    assert (app.network, app.custom_network) == ("default", "")


def test_a_network_needs_a_proper_name(world: World) -> None:
    """It starts with a letter."""
    with pytest.raises(Invalid, match="Network name"):
        apps.create(world, "web", organization="personal", network="1blue")
    assert apps.list_(world) == ()


def test_an_unknown_network_is_not_found(world: World) -> None:
    """Only an app creates a network."""
    [personal] = organizations.list_(world)

    with pytest.raises(NetworkNotFound):
        networks.named(world, personal, "blue")


def test_an_unknown_organization_gets_no_app(world: World) -> None:
    """It is refused before the name is taken."""
    with pytest.raises(OrganizationNotFound):
        apps.create(world, "web", organization="nosuch")
    assert apps.create(world, "web", organization="personal").name == "web"


def test_an_app_is_deployed_once_a_release_is_complete(world: World) -> None:
    """A failed release changes nothing; without machines it is suspended then."""
    apps.create(world, "web", organization="personal")
    failed, complete = (
        releases.create(world, "web", definition={}, image_ref="i", strategy="ROLLING")
        for _ in range(2)
    )

    releases.update(world, failed.id, "failed")
    before = apps.show(world, "web")
    releases.update(world, complete.id, "complete")
    after = apps.show(world, "web")

    assert (before.deployed, before.status) == (False, AppStatus.PENDING)
    assert (after.deployed, after.status) == (True, AppStatus.SUSPENDED)


def test_a_deleted_app_leaves_its_name_free(world: World) -> None:
    """All that it had is gone with it."""
    apps.create(world, "web", organization="personal")
    apps.delete(world, "web")

    with pytest.raises(AppNotFound):
        apps.delete(world, "web")
    assert apps.create(world, "web", organization="personal").secrets_version == 0


def test_a_new_app_may_not_be_visible_yet(world: World) -> None:
    """Its name is taken already."""
    faults.tell(world, "listing-delayed")
    apps.create(world, "web", organization="personal")

    with pytest.raises(AppNotFound):
        apps.show(world, "web")
    with pytest.raises(NameTaken):
        apps.create(world, "web", organization="personal")
    world.clock.advance(3)
    assert apps.show(world, "web").name == "web"
