"""What a world is told between commands, in the words of `arrangements.toml` and scripts."""

from __future__ import annotations

from provision.local.world import World, apps, faults, images, leases, machines, releases
from provision.local.world.door import know_token
from provision.local.world.faults import Fault, Kind


def tell(world: World, word: str, *rest: str) -> None:
    """
    Tell *world* one thing.

    Args:
        world: The world.
        word: What kind of thing.
        rest: ``fault`` (strikes once) and ``always`` take operation, kind, status, message, and
            where needed code and seconds; ``scenario`` a name and perhaps an app; ``advance``
            seconds; ``speed`` a factor; ``setting`` name and value; ``token`` the only good one;
            ``lease`` the seconds for which the first machine is leased; ``release`` app, status
            and image.
    """
    match word, rest:
        case (("fault" | "always"), (operation, kind, status, message, *more)):
            code, seconds = [*more, "", "0"][:2]
            times = None if word == "always" or operation == "*" else 1
            how = (Kind(kind), int(status), message, code, float(seconds or 0))
            faults.inject(world, Fault(operation, *how, times=times))
        case "scenario", (name, *app):
            faults.tell(world, name, app=app[0] if app else None)
        case "advance", (seconds,):
            world.clock.advance(float(seconds))
        case "speed", (speed,):
            world.clock.run_at(float(speed))
        case "setting", (name, value):
            world.set_setting(name, value)
        case "token", (token,):
            know_token(world, token)
        case "lease", (seconds,):
            leases.acquire(world, first_machine(world), seconds=int(seconds))
        case "release", (app, status, image):
            _release(world, app, status, image)
        case "clear", ():
            faults.clear(world)
        case _:
            raise AssertionError((word, *rest))


def first_machine(world: World) -> str:
    """Return the first machine of the first app that has any; "" if there is none."""
    found = [each for app in apps.list_(world) for each in machines.list_(world, app.name)]
    return found[0].id if found else ""


def _release(world: World, app: str, status: str, image: str) -> None:
    found = images.resolve(world, app, image)
    assert found is not None
    release = releases.create(world, app, definition={}, image_ref=found.ref, strategy="ROLLING")
    releases.update(world, release.id, status)
