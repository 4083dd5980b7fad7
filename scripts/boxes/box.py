"""Two Asterisks, a trunk between them, and the people at the far end."""

import contextlib
import fcntl
import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from boxes import account, events, fetch, folders, process, tones
from boxes.account import Account
from boxes.ami import Ami
from boxes.call import Call
from boxes.engine import Engine
from boxes.events import CarrierEvent
from boxes.faults import BoxError
from boxes.fetch import Say
from boxes.folders import INSTANCES, Home
from boxes.instance import Instance, launch
from boxes.ports import Ports
from boxes.process import Process
from boxes.raw_call import RawCall
from boxes.report import CallReport
from boxes.spec import CallSpec

DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / ".box/default"
_NOTE = "box.json"
_POLL_S = 0.02
_RECORDER_TIMEOUT_S = 10


class Box:
    """
    One box in one folder.

    Args:
        folder: where all of it lives; made by `up`.
        offset: 0 to 9, one for each box that runs at the same time; `None` is what the box in
            *folder* was started with, else 0.
        report: where lines about progress go.
    """

    def __init__(
        self, folder: Path = DEFAULT_FOLDER, offset: int | None = None, report: Say = fetch.say
    ) -> None:
        self.folder = folder.absolute()
        folders.check_path(self.folder)
        self.offset = offset if offset is not None else _noted_offset(self.folder)
        self.ports = Ports.at(self.offset)
        self.pbx = Home(self.folder / "pbx")
        self.pstn = Home(self.folder / "pstn")
        self._report = report
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._is_root_reported = False

    @property
    def pbx_etc(self) -> Path:
        """The PBX's configuration, what /etc/asterisk is elsewhere."""
        return self.pbx.etc

    @property
    def pbx_spool(self) -> Path:
        """The PBX's spool, what /var/spool/asterisk is elsewhere."""
        return self.pbx.spool

    @property
    def pbx_sounds(self) -> Path:
        """The PBX's sounds, one folder for each language."""
        return self.pbx.sounds

    @property
    def events_path(self) -> Path:
        """The log of what happened at the carrier, one JSON object per line."""
        return self.pstn.path / "events.jsonl"

    # -- up and down

    def up(self, *, fresh: bool = False) -> None:
        """
        Start what does not run; return when calls can be made.

        Args:
            fresh: forget all that a former box in this folder left, configuration too.

        Raises:
            BoxError: the folder is something else, a port is taken, Asterisk does not boot.
        """
        if fresh:
            self.down()
            self._forget()
        with _readable_files():
            self.folder.mkdir(parents=True, exist_ok=True)
        with self._locked():
            self._check_offset()
            note = json.dumps({"offset": self.offset})
            (self.folder / _NOTE).write_text(note + "\n")
            try:
                for name in INSTANCES:
                    self.start_instance(name)
            except BoxError:
                self._stop_all()
                raise

    def down(self) -> None:
        """Stop all that runs; no harm when nothing does."""
        if not self.folder.is_dir():
            return
        with self._locked():
            self._stop_all()

    def start_instance(self, name: str) -> None:
        """Start one Asterisk (`pbx` or `pstn`) after `kill_pbx` or `stop_instance`."""
        engine = self.engine
        instance = self._instance(name)
        if instance.process is None:
            with _readable_files():
                folders.prepare(instance.home, name, engine, self.ports)
            instance.start(engine, self._account(engine))
        if name == "pstn":
            self._start_recorder()

    def stop_instance(self, name: str) -> None:
        """Stop one Asterisk in order."""
        self._instance(name).stop()

    def kill_pbx(self) -> None:
        """End the PBX as a power cut would (SIGKILL)."""
        self._instance("pbx").kill()

    def status(self) -> dict[str, object]:
        """Return what runs, as plain data."""
        running = {name: self._instance(name).process for name in INSTANCES}
        recorder = process.load(self._recorder_pid)
        return {
            "up": all((*running.values(), recorder)),
            "dir": str(self.folder),
            "offset": self.offset,
            "asterisk": {"version": self.engine.version, "origin": self.engine.origin},
            **{name: _facts(found) for name, found in running.items()},
            "recorder": _facts(recorder),
            "ports": {
                "pbx_sip": self.ports.pbx_sip,
                "pstn_sip": self.ports.pstn_sip,
                "pbx_ami": self.ports.pbx_ami,
                "pstn_ami": self.ports.pstn_ami,
                "agi": self.ports.agi,
            },
        }

    # -- the PBX

    def cli(self, name: str, command: str) -> str:
        """Return what Asterisk's command line answers to *command* in `pbx` or `pstn`."""
        return self._instance(name).cli(self.engine, command)

    def reload_dialplan(self) -> None:
        """Let the PBX read extensions.conf and manager.conf again."""
        self.cli("pbx", "dialplan reload")
        self.cli("pbx", "manager reload")

    def ami(self, name: str = "pbx") -> Ami:
        """Return a new login of the harness (all rights) in `pbx` or `pstn`; close it."""
        return self._instance(name).ami()

    # -- calls and mobiles

    def start_call(self, spec: CallSpec) -> Call | RawCall:
        """Place a call and return at once; several may go on at the same time."""
        self._instance("pbx").check_up()
        call: Call | RawCall
        if spec.hostile_from is None:
            call = Call(self._instance("pstn").ami, self.pstn, spec)
        else:
            call = RawCall(self.pstn, self.ports, spec)
        call.start()
        return call

    def place_call(self, spec: CallSpec) -> CallReport:
        """Place a call and return when it is over."""
        return self.start_call(spec).wait()

    def events(self, since_ms: float = 0) -> list[CarrierEvent]:
        """Return what happened at the carrier since *since_ms* (milliseconds since 1970)."""
        return list(events.read(self.events_path, since_ms))

    def mobile_events(self, since_ms: float = 0) -> list[CarrierEvent]:
        """Return what happened at the mobiles since *since_ms* (milliseconds since 1970)."""
        return [event for event in self.events(since_ms) if event.who == "mobile"]

    def wait_mobile_event(
        self, what: str, number: str = "", *, since_ms: float = 0, timeout_s: float = 30
    ) -> CarrierEvent:
        """
        Return the first event *what* of a mobile whose number ends in *number*.

        Raises:
            BoxError: there was none within *timeout_s*.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            for event in self.mobile_events(since_ms):
                if event.what == what and event.number.endswith(number):
                    return event
            if time.monotonic() > deadline:
                raise BoxError(f"no {what!r} at a mobile {number} within {timeout_s} s")
            time.sleep(_POLL_S)

    def heard_by(self, number: str = "", since_ms: float = 0) -> list[Path]:
        """
        Return recordings of what mobiles ending in *number* heard from the answer to the end.

        Oldest first; only of calls that are over (`hungup` is in the events) and had any sound.
        """
        told = [event for event in self.mobile_events(since_ms) if event.number.endswith(number)]
        over = {event.channel_id for event in told if event.what == "hungup"}
        names = [
            f"{event.number.lstrip('+')}-{event.channel_id}.wav"
            for event in told
            if event.what == "answered" and event.channel_id in over
        ]
        recorded = [tones.wait_finished(self.pstn.spool / "heard" / name) for name in names]
        return [path for path in recorded if path is not None]

    # -- parts

    @property
    def engine(self) -> Engine:
        """The Asterisk that this box runs; fetched when the machine has none."""
        with self._lock:
            if self._engine is None:
                self._engine = fetch.find_engine(self._report)
            return self._engine

    @property
    def _recorder_pid(self) -> Path:
        return self.pstn.path / "recorder.pid"

    def _instance(self, name: str) -> Instance:
        if name not in INSTANCES:
            raise BoxError(f"{name!r}: there is only {' and '.join(INSTANCES)}")
        home = self.pbx if name == "pbx" else self.pstn
        return Instance(name, home, self.ports.sip(name), self.ports.ami(name))

    def _account(self, engine: Engine) -> Account | None:
        wanted = account.choose()
        if wanted is None or account.can_run(wanted, engine, self.folder):
            return wanted
        if not self._is_root_reported:
            self._report(f"staying root: user {wanted.name} cannot reach {self.folder} or Asterisk")
            self._is_root_reported = True
        return None

    def _start_recorder(self) -> None:
        if process.load(self._recorder_pid) is not None:
            return
        command = (sys.executable, "-m", "boxes.recorder")
        arguments = (str(self.ports.pstn_ami), str(self.events_path))
        path = {"PYTHONPATH": str(Path(__file__).parents[1])}
        output = self.pstn.path / "recorder.log"
        output.unlink(missing_ok=True)
        started = launch((*command, *arguments), output, None, path)
        started.save(self._recorder_pid)
        deadline = time.monotonic() + _RECORDER_TIMEOUT_S
        while "recording" not in output.read_text():  # what happens before is not written down
            if time.monotonic() > deadline or not started.is_alive:
                raise BoxError(f"the recorder of the carrier's events did not start; see {output}")
            time.sleep(_POLL_S)

    def _stop_all(self) -> None:
        for name in reversed(INSTANCES):
            self._instance(name).stop()
        recorder = process.load(self._recorder_pid)
        if recorder is not None and not recorder.wait_gone(1):
            recorder.kill()
        self._recorder_pid.unlink(missing_ok=True)

    def _check_offset(self) -> None:
        if self.offset == _noted_offset(self.folder):
            return
        if any(self._instance(name).process for name in INSTANCES):
            raise BoxError(
                f"the box in {self.folder} runs with another --offset; take it down first"
            )

    def _forget(self) -> None:
        if not self.folder.exists():
            return
        if not (self.folder / _NOTE).is_file():
            raise BoxError(f"{self.folder} is not the folder of a box; nothing was deleted")
        shutil.rmtree(self.folder)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Let one process at a time bring this box up or down."""
        with (self.folder / "box.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@contextlib.contextmanager
def _readable_files() -> Iterator[None]:
    """Make files that the user whom Asterisk runs as can read, whatever the caller's umask."""
    before = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(before)


def _noted_offset(folder: Path) -> int:
    try:
        return int(json.loads((folder / _NOTE).read_text())["offset"])
    except (OSError, ValueError, TypeError, KeyError):
        return 0


def _facts(found: Process | None) -> dict[str, object] | None:
    if found is None:
        return None
    with contextlib.suppress(OSError):
        user = Path(f"/proc/{found.pid}").stat().st_uid
        return {"pid": found.pid, "memory_mb": found.memory_mb, "uid": user}
    return None
