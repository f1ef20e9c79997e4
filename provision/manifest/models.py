"""What is asked for, as a person writes it in a manifest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import field, frozen
from packaging.specifiers import SpecifierSet

from provision.fly_config.duration import Duration
from provision.manifest.choices import (
    Checks,
    CrossNetworkReplay,
    Environment,
    ExpectState,
    Exposure,
    OnFailure,
    PublicIP,
)

NO_TIME = Duration(0)
ONE_MINUTE = Duration(60 * 10**9)
TEN_MINUTES = Duration(600 * 10**9)


@frozen(kw_only=True)
class ManifestTool:
    """
    What the platform is made with.

    Attributes:
        flyctl: The releases of flyctl that may be used, of those that provision was checked
            with; None allows all of these.
    """

    flyctl: SpecifierSet | None = None


@frozen(kw_only=True)
class ManifestOrg:
    """
    The organization.

    Attributes:
        name: What Fly stores, for people.
        slug: Its identity, as expected: Fly chooses it, and another one is a stop.
        create: Whether it may be created where it does not exist.
    """

    name: str
    slug: str
    create: bool = False


@frozen(kw_only=True)
class ManifestNetwork:
    """
    The private network of all apps; an app can never leave it for another.

    Attributes:
        name: ``default`` is the one every organization has.
        cross_network_replay: Whether apps replay requests to apps on another one: no fly.toml
            says so.
    """

    name: str = "default"
    cross_network_replay: CrossNetworkReplay = CrossNetworkReplay.UNCHECKED


@frozen(kw_only=True)
class ManifestDefaults:
    """
    What holds for every app.

    Attributes:
        region: Where apps run; each fly.toml's primary_region must be this one, and so must the
            region of each machine. None leaves it to the fly.toml files, and to Fly.
        wait_timeout: How long a deploy may take, e.g. ``"10m"``.
        stable_for: How long the machines of an app must stay well that were changed by a run.
        on_failure: What a failed app does to those that do not depend on it.
    """

    region: str | None = None
    wait_timeout: Duration = TEN_MINUTES
    stable_for: Duration = NO_TIME
    on_failure: OnFailure = OnFailure.STOP


@frozen(kw_only=True)
class ManifestSecret:
    """
    Where the value of a secret comes from.

    Attributes:
        from_: ``env:NAME``, a variable of our own environment.
    """

    from_: str = field(metadata={"key": "from"})

    @property
    def variable(self) -> str:
        """The name of the variable."""
        return self.from_.removeprefix("env:")


@frozen(kw_only=True)
class ManifestVolume:
    """
    What is to become of the volumes of one name.

    Attributes:
        protect: Whether their app may not be destroyed; None says so for production alone.
    """

    protect: bool | None = None


@frozen(kw_only=True)
class ManifestProbe:
    """
    What an app must answer, asked over https as anybody would.

    Attributes:
        path: What it is asked for, from the first slash on.
        host: The host that is asked, if not the app's own on Fly.
        status: The HTTP status it answers with, redirects followed.
        timeout: How long it may take to do so, all tries together.
    """

    path: str
    host: str | None = None
    status: int = 200
    timeout: Duration = ONE_MINUTE


@frozen(kw_only=True)
class ManifestApp:
    """
    One app.

    Attributes:
        name: On Fly: unique across all organizations.
        config: Its fly.toml, from the folder of the manifest.
        image: Image reference to run; None takes that of the fly.toml or builds one.
        exposure: Who reaches it.
        public_ips: The public addresses it has, all of them.
        flycast_from: The networks that reach it through Flycast; a private app is reached
            from its own if nothing is said.
        machines: How many, exactly, by process group.
        expect_state: What its machines do when nobody talks to them; None takes what its
            services say in the fly.toml.
        depends_on: Apps that must be up before; those it refers to are added.
        volumes: By the names its fly.toml mounts; those that are left out as if nothing was said.
        secrets: Names of its secrets; each has a source in ``[secrets]``.
        env: Variables on top of those of its fly.toml; may refer to other apps.
        working_directory: What is built, if an image must be; None is the folder of its fly.toml.
        allow_foreign: Names of apps outside this manifest that its variables may name.
        probe: What it must answer; None asks it nothing.
        checks: Whether its checks or its probe must prove that it is well.
    """

    name: str
    config: Path
    image: str | None = None
    exposure: Exposure
    public_ips: tuple[PublicIP, ...] = ()
    flycast_from: tuple[str, ...] | None = None
    machines: Mapping[str, int]
    expect_state: ExpectState | None = None
    depends_on: tuple[str, ...] = ()
    volumes: Mapping[str, ManifestVolume] = field(factory=dict)
    secrets: tuple[str, ...] = ()
    env: Mapping[str, str] = field(factory=dict)
    working_directory: Path | None = None
    allow_foreign: tuple[str, ...] = ()
    probe: ManifestProbe | None = None
    checks: Checks = Checks.IF_DECLARED

    @property
    def hostname(self) -> str:
        """Where the internet finds it, if it may."""
        return f"{self.name}.fly.dev"

    @property
    def flycast(self) -> str:
        """Where the networks it is exposed to find it."""
        return f"{self.name}.flycast"

    def url_of(self, probe: ManifestProbe) -> str:
        """What *probe* asks for: by https, and of the app's own host if it names no other."""
        return f"https://{probe.host or self.hostname}{probe.path}"


@frozen(kw_only=True)
class Manifest:
    """
    A platform as it is asked for: one organization, its network and its apps.

    Attributes:
        format: Version of this format: 1.
        environment: Must be the word on the command line.
        apps: By the names they have among themselves.
        secrets: Sources, by the names secrets have on Fly.
    """

    format: int
    environment: Environment
    tool: ManifestTool = ManifestTool()
    org: ManifestOrg
    network: ManifestNetwork = ManifestNetwork()
    defaults: ManifestDefaults = ManifestDefaults()
    apps: Mapping[str, ManifestApp]
    secrets: Mapping[str, ManifestSecret] = field(factory=dict)
