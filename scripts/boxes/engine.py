"""The Asterisk program that a box runs: an installed one, or an unpacked tree."""

import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from boxes.faults import BoxError

REQUIRED_MODULES = ("chan_pjsip.so", "res_agi.so", "app_mixmonitor.so", "app_record.so")


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """How to run one Asterisk, and where its parts are."""

    command: tuple[str, ...]
    """What to type before Asterisk's own options."""
    modules: Path
    data: Path
    """Folder with `documentation`; without it the core modules cannot be configured."""
    version: str
    """As `asterisk -V` says it."""
    origin: str
    """`installed` or `fetched`."""


def installed() -> Engine | None:
    """
    Return the machine's own Asterisk, `None` when there is none.

    Raises:
        BoxError: there is one, but its modules are not where anybody keeps them.
    """
    sbin = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
    binary = shutil.which("asterisk", path=sbin)
    if binary is None:
        return None
    prefixes = [Path(binary).resolve().parent.parent, Path("/usr"), Path("/usr/local")]
    modules = _first(
        (*_configured("astmoddir"), *_below(prefixes, "lib*/asterisk/modules")),
        REQUIRED_MODULES[0],
    ) or _first(_below(prefixes, "lib/*/asterisk/modules"), REQUIRED_MODULES[0])
    data = _first(
        (
            *_configured("astdatadir"),
            *_below(prefixes, "share/asterisk"),
            Path("/var/lib/asterisk"),
        ),
        "documentation",
    )
    if modules is None or data is None:
        missing = "modules folder with chan_pjsip.so" if modules is None else "documentation folder"
        raise BoxError(f"{binary} is installed, but its {missing} was not found; reinstall it")
    return _checked((binary,), modules, data, "installed")


def in_tree(tree: Path) -> Engine:
    """
    Return the Asterisk that was unpacked into *tree*, run with the tree's own loader.

    Raises:
        BoxError: the tree is not whole.
    """
    loader = _first_file(tree, ("usr/lib64/ld-*.so.*", "lib64/ld-*.so.*", "usr/lib/ld-*.so.*"))
    loader = loader or _first_file(tree, ("lib/*/ld-*.so*", "usr/lib/*/ld-*.so*"))
    binary = tree / "usr/sbin/asterisk"
    folders = (*tree.glob("usr/lib/*/asterisk/modules"), *tree.glob("usr/lib/asterisk/modules"))
    modules = next(iter(folders), None)
    if loader is None or modules is None or not binary.is_file():
        found = {"loader": loader, "modules": modules, "program": binary.is_file() or None}
        lacks = ", ".join(name for name, what in found.items() if what is None)
        raise BoxError(
            f"the Asterisk in {tree} is not whole (no {lacks}); delete that folder and try again"
        )
    # Debian 11 has the modules beside the libraries' folder, later releases in it.
    libc = _first_file(tree, ("usr/lib/*/libc.so.6", "lib/*/libc.so.6"))
    triplet = libc.parent.name if libc is not None else modules.parent.parent.name
    libraries = f"{tree / 'usr/lib' / triplet}:{tree / 'lib' / triplet}"
    command = (str(loader), "--library-path", libraries, str(binary))
    return _checked(command, modules, tree / "usr/share/asterisk", "fetched")


def _checked(command: tuple[str, ...], modules: Path, data: Path, origin: str) -> Engine:
    lacking = [name for name in REQUIRED_MODULES if not (modules / name).is_file()]
    if lacking:
        raise BoxError(f"{modules} lacks {', '.join(lacking)}; install Asterisk's full modules")
    run = subprocess.run([*command, "-V"], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise BoxError(f"{command[-1]} -V failed: {(run.stderr or run.stdout).strip()}")
    version = run.stdout.strip().removeprefix("Asterisk ")
    return Engine(command=command, modules=modules, data=data, version=version, origin=origin)


def _configured(key: str) -> list[Path]:
    """Return what the installed asterisk.conf says about *key*, if anything."""
    try:
        lines = Path("/etc/asterisk/asterisk.conf").read_text(errors="replace").splitlines()
    except OSError:
        return []
    pairs = (line.partition(";")[0].partition("=>") for line in lines)
    return [Path(value.strip()) for name, _, value in pairs if name.strip() == key]


def _below(prefixes: list[Path], pattern: str) -> list[Path]:
    return [found for prefix in prefixes for found in sorted(prefix.glob(pattern))]


def _first(folders: Iterable[Path], needed: str) -> Path | None:
    return next((folder for folder in folders if (folder / needed).exists()), None)


def _first_file(tree: Path, patterns: tuple[str, ...]) -> Path | None:
    found = (path for pattern in patterns for path in sorted(tree.glob(pattern)))
    return next((path for path in found if path.is_file()), None)
