"""Addresses over the Machines API."""

from __future__ import annotations

import pytest

from .conftest import Answered, Served


def _allocate(served: Served, app: str, **more: str) -> Answered:
    body = {"region": "", "org_slug": "personal", "network": "", "service_name": "", **more}
    return served.ask(f"POST /v1/apps/{app}/ip_assignments", body)


def test_a_first_deploy_gets_its_addresses(served: Served, app: str) -> None:
    """As flyctl asks for them; the shared one says that it is."""
    public = _allocate(served, app, type="v6").body
    shared = _allocate(served, app, type="shared_v4").body

    assert served.ask(f"GET /v1/apps/{app}/ip_assignments").body == {"ips": [public, shared]}
    assert (public["ip"].partition(":")[0], public["shared"]) == ("2a09", False)
    assert (shared["region"], shared["shared"]) == ("global", True)
    assert shared["created_at"].endswith("Z")


def test_a_flycast_address_names_its_network(served: Served, app: str) -> None:
    """flyctl knows it by its beginning."""
    address = _allocate(served, app, type="private_v6").body

    assert address["ip"].startswith("fdaa:")
    assert address["network"] == {"name": "default", "org_slug": "personal"}


def test_an_address_is_given_back(served: Served, app: str) -> None:
    """Once."""
    address = _allocate(served, app, type="v6").body["ip"]
    one = f"/v1/apps/{app}/ip_assignments/{address}"

    assert served.ask(f"DELETE {one}") == Answered(204, None)
    assert served.ask(f"DELETE {one}").status == 404
    assert served.ask(f"GET /v1/apps/{app}/ip_assignments").body == {"ips": []}


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"type": "v5"}, 400),
        ({"type": "private_v6", "network": "nowhere"}, 400),
        ({"type": "private_v6", "org_slug": "nobody"}, 404),
        ({"type": "v6", "service_name": "web"}, 400),
    ],
)
def test_an_address_is_refused(served: Served, app: str, more: dict[str, str], status: int) -> None:
    """And there is none."""
    assert _allocate(served, app, **more).status == status
    assert served.ask(f"GET /v1/apps/{app}/ip_assignments").body == {"ips": []}


def test_regions_are_told_with_the_nearest(served: Served) -> None:
    """As flyctl spells them."""
    found = served.ask("GET /v1/platform/regions").body

    assert found.keys() == {"Regions", "Nearest"}
    amsterdam = next(each for each in found["Regions"] if each["code"] == found["Nearest"])
    assert amsterdam["name"] == "Amsterdam, Netherlands"
    assert amsterdam["geo_region"] == "europe"
