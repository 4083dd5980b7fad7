"""Which user the two Asterisks run as."""

import os
import pwd
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from boxes.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user to run as."""

    name: str
    uid: int
    gid: int
    """Group of the person who called the box, so that both can write what either made."""


def choose(environment: Mapping[str, str] = os.environ) -> Account | None:
    """Return whom root should drop to, `None` when we are an ordinary user already."""
    if os.geteuid() != 0:
        return None
    for name in (environment.get("SUDO_USER", ""), "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name=name, uid=entry.pw_uid, gid=os.getegid())
    return None


def can_run(account: Account, engine: Engine, home: Path) -> bool:
    """Tell whether *account* can reach *home* and start *engine*; folders above may be closed."""
    checks = (["test", "-x", str(home)], [*engine.command, "-V"])
    return all(
        subprocess.run(
            check,
            user=account.uid,
            group=account.gid,
            extra_groups=(),
            cwd="/",
            capture_output=True,
            check=False,
        ).returncode
        == 0
        for check in checks
    )


def give(account: Account | None, folder: Path) -> None:
    """Make *folder* and all in it belong to *account*, writable for the caller's group too."""
    if account is None:
        return
    for parent, folders, files in os.walk(folder):
        for name in (".", *folders, *files):
            path = Path(parent, name)
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o2775)
