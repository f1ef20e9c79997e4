"""Volumes over the Machines API."""

from __future__ import annotations

import pytest

from .conftest import Answered, Served

AS_FLYCTL_ASKS = {
    "name": "data",
    "region": "ams",
    "size_gb": 3,
    "encrypted": True,
    "require_unique_zone": True,
    "unique_zone_app_wide": False,
    "snapshot_retention": 7,
    "auto_backup_enabled": None,
    "fstype": None,
    "snapshot_id": None,
    "source_volume_id": None,
    "compute": {"cpu_kind": "shared", "cpus": 1, "memory_mb": 256},
}


def test_a_volume_is_created(served: Served, app: str) -> None:
    """What is null has its usual value."""
    answered = served.ask(f"POST /v1/apps/{app}/volumes", AS_FLYCTL_ASKS)

    assert answered.status == 200
    volume = dict(answered.body)
    assert volume.pop("id").startswith("vol_")
    assert volume.pop("zone").startswith("z")
    assert volume.pop("created_at").endswith("Z")
    assert volume == {
        "name": "data",
        "state": "created",
        "size_gb": 3,
        "region": "ams",
        "encrypted": True,
        "attached_machine_id": None,
        "attached_alloc_id": None,
        "host_dedication_id": "",
        "snapshot_retention": 7,
        "auto_backup_enabled": True,
        "host_status": "ok",
    }
    assert served.ask(f"GET /v1/apps/{app}/volumes").body == [answered.body]
    assert served.ask(f"GET /v1/apps/{app}/volumes/{answered.body['id']}").body == answered.body


def test_a_volume_is_told_with_its_machine_and_cannot_be_deleted(served: Served, app: str) -> None:
    """Until the machine is destroyed."""
    volume = served.ask(f"POST /v1/apps/{app}/volumes", AS_FLYCTL_ASKS).body["id"]
    one = f"/v1/apps/{app}/volumes/{volume}"
    config = {"image": "nginx:1", "mounts": [{"volume": volume, "path": "/data"}]}
    machine = served.ask(f"POST /v1/apps/{app}/machines", {"config": config}).body["id"]

    attached = served.ask(f"GET {one}").body["attached_machine_id"]
    refused = served.ask(f"DELETE {one}")
    served.ask(f"DELETE /v1/apps/{app}/machines/{machine}?kill=true")
    deleted = served.ask(f"DELETE {one}")

    assert (attached, refused.status) == (machine, 412)
    assert (deleted.status, deleted.body["state"]) == (200, "destroying")
    assert served.ask(f"GET {one}") == Answered(404, {"error": "volume not found"})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "data", "region": "nowhere"}, 422),
        ({"name": "data", "size_gb": 0}, 422),
        ({"name": "data", "size_gb": True}, 400),
        ({"name": "data", "size_gb": 1e3}, 400),
        ({"name": "data", "size_gb": -1}, 400),
        ({"name": "data", "size_gb": 10**30}, 400),
        ({"name": "data", "snapshot_id": "vs_1"}, 400),
        ({"region": "ams"}, 400),
    ],
)
def test_a_volume_is_refused(served: Served, app: str, body: object, status: int) -> None:
    """And there is none."""
    assert served.ask(f"POST /v1/apps/{app}/volumes", body).status == status
    assert served.ask(f"GET /v1/apps/{app}/volumes").body == []
