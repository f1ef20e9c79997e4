"""Looks at everything a run needs, and tells all that is wrong with it; nothing is changed."""

from provision.doctor.examination import Answers, Patient, examination
from provision.doctor.examined import Examined, Verdict, exit_code, of_error
from provision.doctor.surroundings import (
    INSTALL_EXTRA,
    containment,
    curl,
    extra,
    kind_of,
    machine,
    missing_packages,
    secrets,
    token,
)

__all__ = [
    "INSTALL_EXTRA",
    "Answers",
    "Examined",
    "Patient",
    "Verdict",
    "containment",
    "curl",
    "examination",
    "exit_code",
    "extra",
    "kind_of",
    "machine",
    "missing_packages",
    "of_error",
    "secrets",
    "token",
]
