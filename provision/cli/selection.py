"""Which apps of its manifest a run is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from provision.errors import BadUsage, did_you_mean
from provision.platform.model import Platform


@frozen(kw_only=True)
class Selection:
    """
    What was said of the apps to act on, by their names in the manifest; nothing means all.

    Attributes:
        only: These; empty for all.
        with_deps: Those that these depend on as well, and so on.
        skip: None of these, whoever depends on them.
    """

    only: frozenset[str] = frozenset()
    with_deps: bool = False
    skip: frozenset[str] = frozenset()

    def of(self, platform: Platform) -> Platform:
        """
        *platform*, the apps left out that are not selected.

        Raises:
            BadUsage: an app is not in the manifest, or none is left.
        """
        if self.with_deps and not self.only:
            raise BadUsage("--with-deps adds to the apps of --only, and none is named")
        refuse_unknown(platform, {"--only": self.only, "--skip": self.skip})
        chosen = frozenset(self._chosen(platform)) - self.skip
        if not chosen:
            raise BadUsage("no app is left to act on: all of them are skipped")
        return platform.narrowed(chosen)

    def _chosen(self, platform: Platform) -> Iterator[str]:
        """Each as often as it is depended on."""
        waiting = [*(self.only or platform.apps)]
        while waiting:
            key = waiting.pop()
            yield key
            if self.with_deps:
                waiting += platform.apps[key].declared.depends_on


def refuse_unknown(platform: Platform, named: Mapping[str, Iterable[str]]) -> None:
    """
    See that *platform* has all apps that were *named*, by the option they were named with.

    Raises:
        BadUsage: it does not, or was told to leave one out; every one of them.
    """
    wrong = [
        _why(option, key, platform)
        for option, keys in named.items()
        for key in sorted(set(keys) - platform.apps.keys())
    ]
    if wrong:
        raise BadUsage("\n".join(wrong))


def _why(option: str, key: str, platform: Platform) -> str:
    if key in platform.left_out:
        return f"{option} {key}: it is left out by --only or --skip"
    known = tuple(platform.apps)
    return f"{option} {key}: no such app in the manifest; {did_you_mean(key, known)}"
