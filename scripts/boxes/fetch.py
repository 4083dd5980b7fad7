"""Fetch Asterisk from the distribution's signed packages, once, without root."""

import fcntl
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from boxes import engine
from boxes.apt_sources import Archive, machine_archives
from boxes.engine import Engine
from boxes.faults import BoxError

MARKER = "COMPLETE.json"
MARKER_FORMAT = 1
NOT_NEEDED = (
    "usr/share/doc",
    "usr/share/man",
    "usr/share/locale",
    "usr/share/perl",
    "usr/share/perl5",
)
"""Half of the unpacked bytes; Asterisk reads none of them."""

Say = Callable[[str], None]


def say(line: str) -> None:
    """Print one line of progress where it does not disturb the JSON."""
    print(f"box: {line}", file=sys.stderr, flush=True)


def cache_folder() -> Path:
    """Return where fetched things are kept; Asterisk runs as another user than root."""
    if os.geteuid() == 0:
        return Path("/var/cache/pbx-bridge")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "pbx-bridge"


def find_engine(report: Say = say) -> Engine:
    """
    Return the Asterisk to use: the installed one, else the cached one, else fetch it.

    Raises:
        BoxError: none is installed and none could be fetched.
    """
    return engine.installed() or fetched(cache_folder(), machine_archives, report)


def fetched(cache: Path, sources: Callable[[], list[Archive]], report: Say) -> Engine:
    """Return the Asterisk in *cache*; fetch it from *sources* when it is not there or not whole."""
    tree = cache / f"asterisk-{platform.machine()}"
    if is_complete(tree):
        return engine.in_tree(tree)
    if not cache.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        cache.chmod(0o755)  # whatever the umask: another user runs what is in here
    with _locked(cache / "asterisk.lock", report):
        if not is_complete(tree):
            _fetch_into(tree, sources(), report)
    return engine.in_tree(tree)


@contextmanager
def _locked(path: Path, report: Say) -> Iterator[None]:
    """Let one process fetch; others wait and then find the work done."""
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("another process is fetching Asterisk; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_complete(tree: Path) -> bool:
    """Tell whether *tree* holds all that its marker promises."""
    try:
        marker = json.loads((tree / MARKER).read_text())
    except (OSError, ValueError):
        return False
    return isinstance(marker, dict) and marker.get("contents") == _contents(tree)


def _contents(tree: Path) -> dict[str, int]:
    """Count what matters: a tree that lost a module or a library is not used."""
    sizes = [path.stat().st_size for path in tree.glob("usr/lib/*/**/*.so*") if path.is_file()]
    return {"format": MARKER_FORMAT, "files": len(sizes), "bytes": sum(sizes)}


def _fetch_into(tree: Path, sources: list[Archive], report: Say) -> None:
    for leftover in tree.parent.glob(".fetch-*"):  # of a fetch that was killed; we hold the lock
        shutil.rmtree(leftover, ignore_errors=True)
    reasons = []
    for archive in sources:
        work = Path(tempfile.mkdtemp(prefix=".fetch-", dir=tree.parent))
        try:
            report(f"fetching Asterisk once from {archive.suite} (about 80 MB) into {tree}")
            new = _unpacked(work, archive, report)
            shutil.rmtree(tree, ignore_errors=True)
            new.rename(tree)
        except BoxError as exc:
            report(f"{archive.suite} is of no use now: {exc}")
            reasons.append(f"{archive.suite}: {exc}")
        else:
            return
        finally:
            shutil.rmtree(work, ignore_errors=True)
    raise BoxError(
        "Asterisk could not be fetched (" + "; ".join(reasons) + ");"
        " try again later, or install it so that `asterisk` is in PATH"
    )


def _unpacked(work: Path, archive: Archive, report: Say) -> Path:
    """Download and unpack in *work*; return the finished, checked tree."""
    _run(["apt-get", *apt_options(work, archive), "update"])
    report("downloading the packages, signatures checked")
    _run(["apt-get", *apt_options(work, archive), "--download-only", "-y", "install", "asterisk"])
    packages = sorted((work / "cache/archives").glob("*.deb"))
    report(f"unpacking {len(packages)} packages")
    tree = work / "tree"
    tree.mkdir()
    # base-files first: it brings the links lib -> usr/lib that others unpack through.
    packages.sort(key=lambda path: not path.name.startswith("base-files_"))
    _run(["dpkg-deb", "-x", str(packages[0]), str(tree)])
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda path: _run(["dpkg-deb", "-x", str(path), str(tree)]), packages[1:]))
    for name in NOT_NEEDED:
        shutil.rmtree(tree / name, ignore_errors=True)
    for folder in (work, tree):
        folder.chmod(0o755)
    version = engine.in_tree(tree).version
    marker = {"asterisk": version, "suite": archive.suite, "contents": _contents(tree)}
    (tree / MARKER).write_text(json.dumps(marker) + "\n")
    report(f"Asterisk {version} is ready")
    return tree


def apt_options(work: Path, archive: Archive) -> list[str]:
    """
    Return apt options for a state of its own in *work*, and prepare that state.

    The dpkg status is empty, so every dependency is taken and nothing of the machine is used
    or changed. Unsigned or wrongly signed archives are refused.
    """
    for folder in ("lists/partial", "cache/archives/partial", "etc/preferences.d"):
        (work / folder).mkdir(parents=True, exist_ok=True)
    (work / "status").touch()
    (work / "etc/sources.list").write_text(archive.line + "\n")
    options = {
        "Dir::Etc": work / "etc",
        "Dir::Etc::sourcelist": work / "etc/sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::State": work,
        "Dir::State::lists": work / "lists",
        "Dir::State::status": work / "status",
        "Dir::Cache": work / "cache",
        "APT::Install-Recommends": "false",
        "APT::Get::AllowUnauthenticated": "false",
        "APT::Sandbox::User": "",
        "Acquire::AllowInsecureRepositories": "false",
        # A mirror may be weeks old; what it has is signed all the same, and stays on loopback.
        "Acquire::Check-Valid-Until": "false",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        "APT::Update::Error-Mode": "any",
        "Debug::NoLocking": "1",
    }
    return ["-qq", *(word for name, value in options.items() for word in ("-o", f"{name}={value}"))]


def _run(command: list[str]) -> None:
    """Run *command*; raise `BoxError` with the first line it complained about."""
    environment = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    try:
        run = subprocess.run(
            command, capture_output=True, text=True, check=False, env=environment, umask=0o022
        )
    except FileNotFoundError as exc:
        raise BoxError(
            f"{command[0]} is missing; the box can fetch only on Debian or Ubuntu"
        ) from exc
    if run.returncode != 0:
        lines = [line for line in run.stderr.splitlines() if line.startswith(("E:", "dpkg-deb:"))]
        raise BoxError((lines or run.stderr.splitlines() or [f"{command[0]} failed"])[0])
