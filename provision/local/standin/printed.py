"""What flyctl prints of organizations, apps and addresses: every field, most of them zero."""

from __future__ import annotations

from provision.local.standin.gojson import moment
from provision.local.world.addresses import Address, AddressType
from provision.local.world.apps import App
from provision.local.world.hints import Any
from provision.local.world.organizations import Organization

NEVER = "0001-01-01T00:00:00Z"


def organization_created(found: Organization) -> dict[str, Any]:
    """Return what the answer to a creation fills in."""
    filled = {"ID": found.id, "Name": found.name, "Slug": found.slug, "Type": found.type.value}
    return _organization(**filled)


def app_created(app: App) -> dict[str, Any]:
    """Return an app as `apps create` reads it back; its network is not among what it asks for."""
    return _app(
        ID=app.name,
        InternalNumericID=app.number,
        Name=app.name,
        Status=app.status.value,
        Deployed=app.deployed,
        Hostname=app.hostname,
        AppURL=f"https://{app.hostname}",
        Organization=_organization(
            ID=app.organization.id,
            Slug=app.organization.slug,
            PaidPlan=app.organization.paid_plan,
        ),
        IPAddresses={"Nodes": []},
        PlatformVersion="machines",
        Machines={"Nodes": []},
    )


def app_listed(app: App, current_release: dict[str, Any] | None) -> dict[str, Any]:
    """Return an app as `apps list` reads it."""
    return _app(
        ID=app.name,
        Name=app.name,
        Status=app.status.value,
        Deployed=app.deployed,
        Hostname=app.hostname,
        Network=app.custom_network,
        Organization=_organization(Name=app.organization.name, Slug=app.organization.slug),
        CurrentRelease=current_release,
        PlatformVersion="machines",
    )


def release(**filled: Any) -> dict[str, Any]:
    """Return a release with the fields that were asked for."""
    user = {"ID": "", "Name": "", "Email": "", "EnablePaidHobby": False}
    return {
        "ID": "",
        "Version": 0,
        "Stable": False,
        "InProgress": False,
        "Reason": "",
        "Description": "",
        "Status": "",
        "DeploymentStrategy": "",
        "Metadata": None,
        "User": user,
        "EvaluationID": "",
        "CreatedAt": NEVER,
        "ImageRef": "",
    } | filled


def address(found: Address) -> dict[str, Any]:
    """Return an address; the shared one stands beside the others on Fly, and has little to say."""
    network = None
    if found.network:
        network = {"Name": found.network, "Organization": {"Slug": found.organization}}
    shared = found.type is AddressType.SHARED_V4
    return {
        "ID": "" if shared else found.id,
        "Address": found.address,
        "Type": found.type.value,
        "Region": "" if shared else found.region,
        "CreatedAt": NEVER if shared else moment(found.created_at),
        "ServiceName": "",
        "Network": network,
    }


def _organization(**filled: Any) -> dict[str, Any]:
    return {
        "ID": "",
        "InternalNumericID": "",
        "Name": "",
        "RemoteBuilderImage": "",
        "RemoteBuilderApp": None,
        "Slug": "",
        "RawSlug": "",
        "Type": "",
        "PaidPlan": False,
        "Billable": False,
        "Settings": None,
        "AllowedReplaySourceOrgSlugs": None,
        "AllowAllCrossNetworkReplays": False,
        "WireGuardPeer": None,
        "WireGuardPeers": {"Nodes": None, "Edges": None},
        "DelegatedWireGuardTokens": {"Nodes": None, "Edges": None},
        "LoggedCertificates": None,
    } | filled


def _app(**filled: Any) -> dict[str, Any]:
    return {
        "ID": "",
        "InternalNumericID": 0,
        "Name": "",
        "State": "",
        "Status": "",
        "Deployed": False,
        "Hostname": "",
        "AppURL": "",
        "Version": 0,
        "NetworkID": 0,
        "Network": "",
        "Release": None,
        "Organization": None,
        "Secrets": None,
        "CurrentRelease": None,
        "Releases": {"Nodes": None},
        "IPAddresses": {"Nodes": None},
        "EgressIpAddresses": {"Nodes": None},
        "SharedIPAddress": "",
        "CNAMETarget": "",
        "IPAddress": None,
        "Certificates": {"Nodes": None},
        "Certificate": _certificate(),
        "PostgresAppRole": None,
        "Image": None,
        "ImageUpgradeAvailable": False,
        "ImageVersionTrackingEnabled": False,
        "ImageDetails": _image_details(),
        "LatestImageDetails": _image_details(),
        "PlatformVersion": "",
        "Machines": {"Nodes": None},
        "CurrentLock": None,
    } | filled


def _certificate() -> dict[str, Any]:
    return {
        "ID": "",
        "AcmeDNSConfigured": False,
        "AcmeALPNConfigured": False,
        "Configured": False,
        "CertificateAuthority": "",
        "CreatedAt": NEVER,
        "DNSProvider": "",
        "DNSValidationInstructions": "",
        "DNSValidationHostname": "",
        "DNSValidationTarget": "",
        "Hostname": "",
        "Source": "",
        "ClientStatus": "",
        "IsApex": False,
        "IsWildcard": False,
        "ValidationErrors": None,
        "Issued": {"Nodes": None},
    }


def _image_details() -> dict[str, str]:
    return {"Registry": "", "Repository": "", "Tag": "", "Version": "", "Digest": ""}
