"""What is asked for: one organization, its network and its apps, in one file."""

from provision.manifest.choices import (
    Checks,
    CrossNetworkReplay,
    Environment,
    ExpectState,
    Exposure,
    OnFailure,
    PublicIP,
)
from provision.manifest.loading import LoadedManifest, load, read
from provision.manifest.models import (
    Manifest,
    ManifestApp,
    ManifestDefaults,
    ManifestNetwork,
    ManifestOrg,
    ManifestProbe,
    ManifestSecret,
    ManifestTool,
    ManifestVolume,
)
from provision.manifest.rendering import dump

__all__ = [
    "Checks",
    "CrossNetworkReplay",
    "Environment",
    "ExpectState",
    "Exposure",
    "LoadedManifest",
    "Manifest",
    "ManifestApp",
    "ManifestDefaults",
    "ManifestNetwork",
    "ManifestOrg",
    "ManifestProbe",
    "ManifestSecret",
    "ManifestTool",
    "ManifestVolume",
    "OnFailure",
    "PublicIP",
    "dump",
    "load",
    "read",
]
