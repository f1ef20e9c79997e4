"""What there is to do, decided from what was seen: pure, so that it can be shown beforehand."""

from __future__ import annotations

from provision.plan.app import address_changes, app_changes
from provision.plan.change import Action, Change
from provision.plan.machines import machines_of, scale_changes, start_changes
from provision.plan.organization import org_changes
from provision.plan.release import deploy_changes, deploy_step
from provision.plan.secrets import secret_changes, secret_refreshes, staged_secrets

__all__ = [
    "Action",
    "Change",
    "address_changes",
    "app_changes",
    "deploy_changes",
    "deploy_step",
    "machines_of",
    "org_changes",
    "scale_changes",
    "secret_changes",
    "secret_refreshes",
    "staged_secrets",
    "start_changes",
]
