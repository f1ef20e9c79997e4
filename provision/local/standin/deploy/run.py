"""The whole of a deploy, from its plan to the last word about its release."""

from __future__ import annotations

from provision.local.standin.deploy import first, launch, mounts, release_command
from provision.local.standin.deploy.bluegreen import BlueGreen
from provision.local.standin.deploy.holds import Holds
from provision.local.standin.deploy.inputs import for_launch, for_restart, for_update
from provision.local.standin.deploy.plan import Plan
from provision.local.standin.deploy.progress import Line, warn
from provision.local.standin.deploy.update import Entry, Update
from provision.local.standin.deploy.waits import Waits
from provision.local.standin.failure import Failure, Interrupted, within
from provision.local.standin.gojson import compact
from provision.local.standin.requests import addresses, releases
from provision.local.world.releases import ReleaseStatus

STATUS_TRIES, STATUS_PAUSE_SECONDS = 3, 0.05
SERVER_ERROR = 500


def deploy(plan: Plan) -> None:
    """
    Carry a deploy out.

    Raises:
        Failure: It failed; the release says so too.
        Interrupted: It was interrupted; the release says so, the leases stay.
    """
    first.provision(plan)
    mounts.check(plan)
    definition = plan.config.document
    strategy = plan.config.strategy.upper()
    plan.release = releases.create(plan.api, plan.app.name, definition, plan.image_ref, strategy)
    _egress(plan)
    try:
        _set_status(plan, ReleaseStatus.RUNNING)
    except Failure as failure:
        raise within("failed to set release status to 'running'", failure) from None
    _recorded(plan)
    if plan.session.env.get("FLY_EMIT_RELEASE_JSON"):
        release = plan.release
        line = {"id": release.id, "version": release.version, "image_ref": plan.image_ref}
        plan.session.say(compact(line))


def _recorded(plan: Plan) -> None:
    try:
        _machines(plan)
    except Failure:
        _say_status(plan, ReleaseStatus.FAILED, "after deployment failure")
        raise
    except Interrupted:
        _say_status(plan, ReleaseStatus.INTERRUPTED, "after deployment failure")
        plan.session.note("\n")
        raise
    _say_status(plan, ReleaseStatus.COMPLETE, "after successful deployment")


def _machines(plan: Plan) -> None:
    holds = Holds(plan)
    waits = Waits(plan, holds.renew)
    if plan.settings.restart_only:
        _update(
            plan, holds, waits, [Entry(each, for_restart(plan, each)) for each in plan.machines]
        )
        return
    release_command.run(plan, waits)
    found = launch.changes(plan)
    launch.announce(plan, found)
    if plan.config.strategy == "canary" and not plan.is_first:
        _canaries(plan, waits)
    for machine in found.removed:
        launch.destroy(plan, machine)
    if not plan.settings.update_only:
        launch.create(plan, waits, found.missing)
    staying = [each for each in plan.machines if each not in found.removed]
    _update(plan, holds, waits, [Entry(each, for_update(plan, each)) for each in staying])


def _update(plan: Plan, holds: Holds, waits: Waits, entries: list[Entry]) -> None:
    if not entries:
        return
    holds.acquire(tuple(each.machine for each in entries if each.machine.host_status == "ok"))
    strategy = plan.config.strategy
    plan.session.say(f"Updating existing machines in '{plan.app.name}' with {strategy} strategy")
    update = Update(plan, holds, waits)
    try:
        if strategy == "bluegreen":
            BlueGreen(plan, holds, waits, entries).run()
        elif strategy == "immediate":
            update.immediately(entries)
        else:
            update.rolling(entries)
    except Interrupted:
        holds.abandon()
        raise
    except Failure:
        holds.release()
        raise
    holds.release()


def _canaries(plan: Plan, waits: Waits) -> None:
    for index, group in enumerate(plan.groups):
        line = Line(plan.session, index, len(plan.groups))
        line.running(f"Creating canary machine for group {group}")
        wanted = for_launch(plan, group)
        guests = [each.config.get("guest") for each in plan.in_group(group)]
        config = wanted.config | {"guest": next(iter(guests), wanted.config["guest"])}
        config["metadata"] = dict(sorted((config["metadata"] | {"fly_canary": "true"}).items()))
        config["dns"] = {"skip_registration": True}
        try:
            machine, nonce = launch.spawn(plan, waits, wanted._replace(config=config), line)
        except Failure as failure:
            line.failed(f"Failed to create canary machine: {failure.message}")
            raise
        launch.destroy(plan, machine, nonce)


def _egress(plan: Plan) -> None:
    try:
        addresses.egress(plan.api, plan.app.name)
    except Failure:
        # flyctl only wants to give advice about them.
        return


def _set_status(plan: Plan, status: ReleaseStatus) -> None:
    for again in range(STATUS_TRIES - 1, -1, -1):
        try:
            releases.update(plan.api, plan.app.name, plan.release.id, status)
        except Failure as failure:
            if (failure.status and failure.status < SERVER_ERROR) or not again:
                raise
        else:
            return
        plan.session.world.clock.sleep(STATUS_PAUSE_SECONDS)


def _say_status(plan: Plan, status: ReleaseStatus, when: str) -> None:
    try:
        _set_status(plan, status)
    except Failure as failure:
        warn(plan.session, f"failed to set final release status {when}: {failure.message}\n")
