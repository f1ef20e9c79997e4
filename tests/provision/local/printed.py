"""What flyctl prints, without what no two runs share: ids, times, and the prose of its help."""

from __future__ import annotations

import re

CHANCE = (
    (r"\b01[0-9A-HJKMNP-TV-Z]{24}\b", "<ULID>"),
    (r"01(STUB|LOCAL)REQ\d+-loc", "<REQUEST>"),
    (r"Trace ID: [0-9a-f]{32}", "Trace ID: <TRACE>"),
    (r"\b[0-9a-f]{14}\b", "<MACHINE>"),
    (r"\bvol_[0-9a-f]{16}\b", "<VOLUME>"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "<TIME>"),
    (r"\b1[789]\d{11}\b", "<MILLISECONDS>"),
    (r"\b20\d\d\.\d+\.\d+-dev\.\d+", "<VERSION>"),
    (r"\b127\.0\.0\.1:(\d+|PORT)\b", "<HOST>"),
)
"""What two servers never agree on, though they are told the same."""

NUMBERING = (
    (r'\{"error": (?=")', '{"error":'),
    (r"sha256:[0-9a-f]{64}", "<DIGEST>"),
    (r"img_[0-9a-f]{12}", "<IMAGE>"),
    (r'"digest": "[0-9a-f]{16}"', '"digest": "<DIGEST>"'),
    (r"\bfdaa:[0-9a-f:]+", "<6PN>"),
    (r"\b2a09:[0-9a-f:]+", "<IPV6>"),
    (r"\b(66\.241\.124|137\.66\.\d+)\.\d+\b", "<IPV4>"),
    (r"\bip_[0-9a-f]{8}\b", "<ADDRESS>"),
    (r"\bORG\d{6}\b", "<ORGANIZATION>"),
    (r'"InternalNumericID": "?\d+"?', '"InternalNumericID": <NUMBER>'),
    (r"\bstub-machine-\d+|\b[a-z]+-[a-z]+-\d+(?= *│|\",| *$)", "<NAME>"),
    (r'"zone": "z\d"', '"zone": "<ZONE>"'),
)
"""What servers of different makers number, or write, in different ways."""

PADDING = ((r" +│ *| +$|(?<=\n) +", " "),)
"""How wide the columns of a table are, which depends on what is in them."""

_FLAG = re.compile(
    r'  (-\w, |    )--[\w-]+( (string(\[="true"\])?|stringArray|strings|\w+))?(?=  |$)'
)


def masked(text: str, patterns: tuple[tuple[str, str], ...]) -> str:
    """Return *text* with marks for whatever one of *patterns* finds."""
    for pattern, mark in patterns:
        text = re.sub(pattern, mark, text, flags=re.MULTILINE)
    return text


def is_usage(text: str) -> bool:
    """Return whether *text* is a help text."""
    return "Usage:\n" in text


def skeleton(usage: str) -> list[str]:
    """Return what is called how and with which flags; flyctl's prose is its own."""
    kept, commands = [], False
    for line in usage[usage.index("Usage:") :].splitlines():
        commands = line == "Available Commands:" or (commands and line.startswith("  "))
        flag = _FLAG.match(line)
        if flag:
            kept.append(flag[0])
        elif commands:
            kept.append(line.split()[0])
        elif line.startswith("  fly ") or re.match(r"\S.*:$", line):
            kept.append(line)
    return kept
