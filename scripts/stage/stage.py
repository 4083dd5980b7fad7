"""Sets the scene on a box, starts and ends the service, looks at cases."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from boxes import Box

from pbx_bridge.adapters.store.reading import CaseFile, CaseSummary, list_cases, show_case
from stage.scene import Scene
from stage.service import POLL_S, ServiceProcess


class StageError(Exception):
    """The stage could not be set, or what was waited for did not happen."""


def own_folder(name: str) -> Path:
    """
    Return the folder of a stage of ours: in the checkout, where it stays for a look.

    A checkout whose path cannot stand in a dialplan, for example one with a space, has it among
    the temporary files.
    """
    wanted = Path(__file__).resolve().parents[2] / ".box" / name
    if re.fullmatch(r"[A-Za-z0-9/_.+-]+", str(wanted)) and len(str(wanted)) < LONGEST_PATH:
        return wanted
    return Path(tempfile.gettempdir()) / f"pbx-bridge-{os.getuid()}" / name


LONGEST_PATH = 70
"""Asterisk's control socket lies below, and a socket's path ends at 107."""


class Stage:
    """One box with the product on it; `with` takes everything down again."""

    def __init__(self, folder: Path, offset: int | None = None) -> None:
        self.box = Box(folder, offset)
        self.folder = folder.absolute() / "product"
        self.live = Path(tempfile.gettempdir()) / f"pbx-bridge-live-{self.box.offset}"
        if Path("/dev/shm").is_dir():  # noqa: S108  memory, as the product does it
            self.live = Path("/dev/shm") / self.live.name  # noqa: S108
        self.service: ServiceProcess | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.down()

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.folder / "pbx-bridge.toml"

    @property
    def database(self) -> Path:
        """The store."""
        return self.folder / "pbx-bridge.db"

    def set_up(self, scene: Scene, *, fresh: bool = True) -> None:
        """Bring the box up with *scene* installed; *fresh* forgets all former cases."""
        self.box.up()
        self.folder.mkdir(mode=0o755, exist_ok=True)
        self.live.mkdir(exist_ok=True)
        owner = self.box.pbx_spool.stat().st_uid  # Asterisk may run as another user than we do
        os.chown(self.live, owner, os.getgid())
        self.live.chmod(0o2770)
        secret = self.folder / "ami.secret"
        if not secret.exists():
            secret.touch(mode=0o600)
            secret.write_text("a-secret-of-the-stage-only\n")
        self.config.write_text(scene.to_toml(self.box, self.folder, self.live))
        if fresh:
            self.forget()
        self.bridge("prompts", "render")
        self.bridge("dialplan", "install", "--etc", str(self.box.pbx_etc))
        self.box.reload_dialplan()

    def forget(self) -> None:
        """Delete cases, recordings and what Asterisk remembers of them."""
        for path in self.folder.glob("pbx-bridge.db*"):
            path.unlink()
        for path in (self.box.pbx_spool / "recording").glob("*.wav"):
            path.unlink()
        for family in ("pbxb-call", "pbxb-taken", "pbxb-list"):
            self.box.cli("pbx", f"database deltree {family}")

    def bridge(self, *arguments: str) -> str:
        """Run ``pbx-bridge`` with the stage's configuration; return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "pbx_bridge", "--config", str(self.config), *arguments],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if done.returncode != 0:
            raise StageError(f"pbx-bridge {' '.join(arguments)}: {done.stderr or done.stdout}")
        return done.stdout

    def start_service(self, *, wait: bool = True, shift: Path | None = None) -> ServiceProcess:
        """Start the service, see `ServiceProcess`; with *wait* return when it can ring and hear."""
        self.service = ServiceProcess(self.config, self.folder / "service.log", shift)
        if wait:
            self.service.wait_for("service.started")
            self.service.wait_for("ami.connected")
            self.service.wait_for("asr.model_loaded")
        return self.service

    def stop_service(self) -> None:
        """Stop the service when it runs."""
        if self.service is not None:
            self.service.stop()
            self.service = None

    def down(self) -> None:
        """Stop service and box, delete the live copies."""
        self.stop_service()
        self.box.down()
        shutil.rmtree(self.live, ignore_errors=True)

    def cases(self) -> list[CaseSummary]:
        """Return all cases, oldest first."""
        return list_cases(self.database) if self.database.exists() else []

    def case_file(self, case_id: str) -> CaseFile:
        """Return everything about one case."""
        found = show_case(self.database, case_id)
        if found is None:
            raise StageError(f"there is no case {case_id}")
        return found

    def wait_for_case(self, phase: str, *, limit_s: float = 60.0, count: int = 1) -> CaseSummary:
        """Return the newest case once *count* cases are in *phase*."""
        deadline = time.monotonic() + limit_s
        while True:
            cases = self.cases()
            found = [case for case in cases if case.phase.value == phase]
            if len(found) >= count:
                return found[-1]
            if time.monotonic() > deadline:
                raise StageError(f"not {count} {phase} case(s) in {limit_s} s, but: {cases}")
            time.sleep(POLL_S)
