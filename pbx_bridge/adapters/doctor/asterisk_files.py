"""Asterisk's own configuration files: is our part in them, and do they open more than they must."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path

from asterisk.config import Config, ParseError

from pbx_bridge.core.check import Check, CheckName, failed, passed, warned

FREEPBX_MARK = "FreePBX"
REREAD = "then asterisk -rx 'dialplan reload' and asterisk -rx 'manager reload'"
DANGEROUS_RIGHTS = frozenset({"all", "agi", "command", "config", "system"})
"""With one of them a stolen secret is a shell on this machine (CVE-2024-42365 and by design)."""

Finding = tuple[str, str]
"""What is wrong, what to do."""


class _Tolerant(Config):  # type: ignore[misc]  # pyst2 has no types
    """pyst2's reader, which fails at includes and templates and leaves the file open."""

    def load(self) -> None:
        """Read the lines that it understands."""
        with open(self.filename, encoding="utf-8", errors="replace") as file:  # noqa: PTH123  pyst2 has a name
            lines = (line.strip() for line in file)
            self.raw_lines = [
                re.sub(r"^(\[[^\]]*\])\s*\(.*?\)", r"\1", line)
                for line in lines
                if line[:1] in {"[", ";"} or "=" in line.partition(";")[0]
            ]


def dialplan_check(etc: Path, ours: Mapping[str, str]) -> Check:
    """
    Say whether the dialplan in *etc* includes ours, as this configuration makes it.

    Args:
        etc: Asterisk's folder of configuration files.
        ours: our files as they should be, named relative to *etc*.
    """
    name, install = CheckName.DIALPLAN, f"pbx-bridge dialplan install --etc {etc}, {REREAD}"
    try:
        target = _target(etc)
        if not _includes(target, "pbx-bridge/extensions.conf"):
            return failed(name, f"{target} does not include our dialplan", install)
        for file, text in ours.items():
            if not (etc / file).is_file():
                return failed(name, f"{etc / file} is not there", install)
            if (etc / file).read_text(encoding="utf-8", errors="replace") != text:
                changed = f"{etc / file} was made from another configuration or release"
                return warned(name, changed, install)
    except OSError as exc:
        return _unseen(name, exc)
    custom = " (FreePBX: its own files stay as they are)" if "custom" in target.name else ""
    return passed(name, f"{target} includes our dialplan{custom}")


def manager_check(etc: Path, user: str) -> Check:
    """Say whether the manager interface is open wider than it must be."""
    name = CheckName.MANAGER
    try:
        found = [*_general(etc), *_dangers(etc), *_account(etc, user)]
    except OSError as exc:
        return _unseen(name, exc)
    except ParseError as exc:
        line, reason = (*exc.args, "", "")[:2]
        return warned(name, f"a file in {etc} cannot be read: line {line}: {reason}", "correct it")
    if found:
        texts, remedies = zip(*found, strict=True)
        return warned(name, "; ".join(texts), "; ".join(dict.fromkeys(remedies)))
    return passed(name, "the manager interface is open to this machine only")


def _general(etc: Path) -> Iterator[Finding]:
    manager = etc / "manager.conf"
    bound = _values(manager, "general").get("bindaddr", "0.0.0.0")  # noqa: S104  Asterisk's default
    if not _is_loopback(bound):
        yield (
            f"{manager}: bindaddr is {bound}: the whole network may try to log in",
            "write bindaddr = 127.0.0.1 under [general]",
        )
    if not _includes(manager, "manager.d/*.conf"):
        yield (
            f"{manager} does not include manager.d/*.conf, where our account is",
            'add #include "manager.d/*.conf" to it',
        )


def _dangers(etc: Path) -> Iterator[Finding]:
    options = etc / "asterisk.conf"
    if options.is_file() and _is_true(_values(options, "options").get("live_dangerously", "no")):
        yield (
            f"{options}: live_dangerously is on: every login that may ring can run programs",
            "write live_dangerously = no under [options] and restart Asterisk",
        )


def _account(etc: Path, user: str) -> Iterator[Finding]:
    for file in (etc / "manager.conf", *sorted((etc / "manager.d").glob("*.conf"))):
        account = _values(file, user)
        rights = {right.strip() for right in account.get("write", "").split(",")}
        if wide := sorted(rights & DANGEROUS_RIGHTS):
            yield (
                f"{file}: our account may write {', '.join(wide)}",
                f"pbx-bridge dialplan install --etc {etc}, {REREAD}",
            )
        if account and "deny" not in account:
            yield (
                f"{file}: our account is not bound to this machine (no deny, permit)",
                f"pbx-bridge dialplan install --etc {etc}, {REREAD}",
            )


def _target(etc: Path) -> Path:
    generated, custom = etc / "extensions.conf", etc / "extensions_custom.conf"
    text = generated.read_text(encoding="utf-8", errors="replace")
    return custom if FREEPBX_MARK in text and custom.is_file() else generated


def _includes(path: Path, wanted: str) -> bool:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    stated = (line.partition(";")[0].strip() for line in lines)
    return any(
        re.fullmatch(rf"#(try)?include\s+[\"<]?(\S*/)?{re.escape(wanted)}[\">]?", line)
        for line in stated
    )


def _values(path: Path, category: str) -> dict[str, str]:
    """Return the last value of each name in a category, names in lower case."""
    return {
        item.name.lower(): item.value.strip()
        for found in _Tolerant(str(path)).categories
        if found.name == category
        for item in found.items
    }


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def _is_true(value: str) -> bool:
    return value.lower() in {"yes", "true", "y", "t", "1", "on"}


def _unseen(name: CheckName, exc: OSError) -> Check:
    return warned(
        name,
        f"not looked at: {exc.filename}: {exc.strerror}",
        "give Asterisk's folder with --etc, or run this as a user who may read it",
    )
