#!/usr/bin/env python3
"""
Fail when a file of the repository points at something that only this machine has.

A clone must stand alone: no path outside it, and no host of a package registry; which
registry is asked is the business of the machine's own pip and apt settings.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Dots in brackets: so this file does not hold what it looks for.
FORBIDDEN = {
    r"[.][.]/shared": "a folder beside the repository",
    r"(?<![\w.-])/work[/]": "a folder of one machine",
    r"pypi[.]org|pythonhosted[.]org": "a package registry's host",
    r"(deb|snapshot|security)[.]debian[.]org|archive[.]ubuntu[.]com": "a package registry's host",
}
"""Pattern and what it stands for."""


def tracked_files(root: Path) -> list[str]:
    """Return what git has or would add, relative to *root*; empty outside of a checkout."""
    listing = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=False,
    )
    names = listing.stdout.decode().split("\0")
    return [name for name in names if name and (root / name).is_file()]


def pointers(text: str) -> Iterator[str]:
    """Yield one line per pointer outside, each starting with the line number."""
    for number, line in enumerate(text.splitlines(), start=1):
        for pattern, meaning in FORBIDDEN.items():
            if found := re.search(pattern, line):
                yield f"{number}: names {found[0]}, {meaning}"


def check(root: Path, names: list[str]) -> list[str]:
    """Return all pointers in the files as `path:line: what`; binary files are passed over."""
    found = []
    for name in names:
        content = (root / name).read_bytes()
        if b"\0" not in content:
            found += [f"{name}:{line}" for line in pointers(content.decode("utf-8", "replace"))]
    return found


if __name__ == "__main__":
    names = tracked_files(ROOT)
    if not names:
        sys.exit("check_outside: git lists no files here; run it in a checkout")
    offenders = check(ROOT, names)
    print(*offenders, sep="\n", end="\n" if offenders else "")
    sys.exit(bool(offenders))
