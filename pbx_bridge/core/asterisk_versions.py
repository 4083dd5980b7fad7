"""Which Asterisk may face a telephone network."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Version = tuple[int, int, int]

MINIMUM: Mapping[int, Version] = {
    20: (20, 20, 1),
    21: (21, 12, 3),
    22: (22, 10, 1),
    23: (23, 4, 1),
}
"""
By branch, the release that closes the known holes; among them a stack overflow that a SIP
NOTIFY without any login reaches.

Source: Asterisk's security advisories of June 2026, for example GHSA-589g-qgf8-m6mx.
"""

_VERSION = re.compile(r"(?:certified[/-])?(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3})|-cert\d+)?")


class Standing(StrEnum):
    """What is known of a release."""

    CURRENT = "current"
    OLD = "old"
    """Its branch is cared for, and a later release closes known holes."""
    END_OF_LIFE = "end-of-life"
    """Nobody closes holes in this branch any more."""
    UNKNOWN = "unknown"
    """Newer than this table, or no release at all."""


@dataclass(frozen=True, slots=True)
class Release:
    """One release as it stands."""

    standing: Standing
    minimum: Version | None
    """The first safe release of its branch; `None` where the branch has none, or is unknown."""


def release(text: str) -> Release:
    """
    Return how the release *text* stands, for example ``22.10.1~dfsg-1`` or ``20.7-cert3``.

    A distribution may close a hole without changing the first three numbers, so `OLD` is a
    reason to look, not a proof.
    """
    found = _VERSION.match(text.strip().removeprefix("Asterisk ").strip())
    if found is None:
        return Release(Standing.UNKNOWN, None)
    version = (int(found[1]), int(found[2]), int(found[3] or 0))
    branch = version[0]
    if branch < min(MINIMUM):
        return Release(Standing.END_OF_LIFE, None)
    minimum = MINIMUM.get(branch)
    if minimum is None:
        return Release(Standing.UNKNOWN, None)
    return Release(Standing.CURRENT if version >= minimum else Standing.OLD, minimum)
