"""One night after another on the stage: who calls, who is rung, what came of it."""

import contextlib
import fcntl
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar

from boxes import Box, BoxError, Call, CallSpec, CarrierEvent, tones
from ear import Ear
from stage import Scene, Stage, mobile, own_folder

from pbx_bridge.adapters.store.reading import CaseFile, CasePhase, CaseSummary
from pbx_bridge.errors import StoreError

T = TypeVar("T")

OFFSETS = (4, 9, 3, 2, 1, 0)
"""Other tests have their own; the first free one of these is ours."""

GREETING_HZ, GREETING_S = 600, 1.5
NOTICE_HZ, NOTICE_S = 750, 0.5
"""The firm's own recordings in place of the long texts: a night need not last longer."""

SAID = {
    "de": "im keller ist ein rohr geplatzt und das wasser läuft über den boden",
    "pl": "w kuchni urwał się kran i woda leje się po podłodze woda tryska z rury",
    "en": "at our place a pipe has burst and the water is running over the floor",
}
LONG = (
    "guten abend hier ist sabine wagner in der küche ist der wasserhahn abgerissen"
    " im keller ist ein rohr geplatzt und das wasser läuft über den boden"
)
ROUTINE = "können sie mir die rechnung vom januar noch einmal schicken"
"""Only words that the tiny test models know."""


def people(*digits: str) -> tuple[tuple[str, str], ...]:
    """Return technicians t1, t2, ... whose mobiles behave like *digits*."""
    return tuple((f"t{n}", mobile(each, n)) for n, each in enumerate(digits, start=1))


def until(what: str, look: Callable[[], T], limit_s: float = 30.0) -> T:
    """Return what *look* sees once it is true; an `AssertionError` says what never came."""
    deadline = time.monotonic() + limit_s
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < deadline, f"not within {limit_s} s: {what}"
        time.sleep(0.02)


class AfterHours:
    """A stage that plays several nights, each with its own scene."""

    def __init__(self, stage: Stage, lock: BinaryIO) -> None:
        self.stage = stage
        self._lock = lock
        self.box: Box = stage.box
        self.since_ms = 0.0
        self._callers = 0

    @classmethod
    def on_free_ports(cls) -> "AfterHours":
        """Bring a box up on the first free offset."""
        refusal = BoxError(f"all offsets {OFFSETS} are taken by other runs of these tests")
        for offset in OFFSETS:
            stage = Stage(own_folder(f"suite-{offset}"), offset)
            lock = _locked(own_folder(f"suite-{offset}.lock"))
            if lock is None:
                continue
            try:
                stage.box.up(fresh=True)
            except BoxError as exc:
                refusal = exc
                lock.close()
                continue
            for language in SAID:
                custom = stage.folder / "prompts" / language / "custom"
                tones.write_tone(custom / "greeting.wav", GREETING_HZ, GREETING_S, 8000)
                tones.write_tone(custom / "recording-notice.wav", NOTICE_HZ, NOTICE_S, 8000)
            return cls(stage, lock)
        raise refusal

    def end(self) -> None:
        """Take all of it down."""
        self.stage.down()
        self._lock.close()

    def begin(self, *digits: str, service: bool = True, **settings: object) -> None:
        """Forget the night before; set a scene with technicians whose mobiles behave so."""
        self.stage.stop_service()
        self.silence()
        self.install(*digits, fresh=True, **settings)
        self.forget_rings()
        if service:
            self.stage.start_service()

    def install(self, *digits: str, fresh: bool = False, **settings: object) -> None:
        """Write configuration and dialplan of a scene."""
        quick = {"ring_timeout_s": 5, "answer_limit_s": 20, "silence_s": 2, **settings}
        self.stage.set_up(Scene(technicians=people(*digits), **quick), fresh=fresh)  # type: ignore[arg-type]

    def forget_rings(self) -> None:
        """Count rings from now on."""
        self.since_ms = self.now_ms()

    def silence(self) -> None:
        """Hang up whatever talks, and what a fallback rings when its leg is gone before its key."""

        def is_silent(name: str) -> bool:
            self.box.cli(name, "channel request hangup all")
            return "0 active channels" in self.box.cli(name, "core show channels")

        until("silence", lambda: is_silent("pbx") and is_silent("pstn"))

    # -- the caller

    def call(self, say: str = "", **what: object) -> Call:
        """Place a call from a number that nobody else has tonight."""
        self._callers += 1
        what.setdefault("number", f"49309988{self._callers:04d}")
        return self.box.start_call(CallSpec(say=say, **what))  # type: ignore[arg-type, return-value]

    def call_and_leave(self, after_s: float = 0.4) -> Call:
        """Place a call whose caller says nothing and hangs up *after_s* seconds."""
        call = self.call(hangup_after_s=after_s)
        call.wait()
        return call

    # -- what came of it

    def case(self, call: Call, phase: CasePhase | None = None, limit_s: float = 40) -> CaseSummary:
        """Return the one case of a caller once it is there, and in *phase*."""

        def look() -> CaseSummary | None:
            try:
                cases = [c for c in self.stage.cases() if c.number == call.spec.number]
            except StoreError:  # a service that was just killed, or not started yet
                return None
            assert len(cases) < 2, f"one call, several cases: {cases}"
            return next((c for c in cases if phase is None or c.phase is phase), None)

        return until(f"a case of {call.spec.number} that is {phase}", look, limit_s)

    def file(self, call: Call) -> CaseFile:
        """Return everything about the case of a caller."""
        return self.stage.case_file(self.case(call).case_id)

    def outcomes(self, call: Call) -> list[str]:
        """Return how each ring of a caller's case ended, in order."""
        escalation = self.file(call).escalation
        attempts = escalation.attempts if escalation else ()
        return [str(attempt.outcome) for attempt in attempts]

    def events(self, what: str, digits: str = "") -> list[CarrierEvent]:
        """Return what mobiles that end in *digits* did tonight."""
        told = self.box.mobile_events(self.since_ms)
        return [e for e in told if e.what == what and e.number.endswith(digits)]

    def rung(self) -> list[str]:
        """Return the behaviours of the mobiles rung tonight, in order."""
        return [event.number[-3:] for event in self.events("invite")]

    def wait_mobile(self, what: str, digits: str, limit_s: float = 40) -> CarrierEvent:
        """Return the first event *what* tonight of a mobile that behaves like *digits*."""
        return self.box.wait_mobile_event(what, digits, since_ms=self.since_ms, timeout_s=limit_s)

    def heard(self, digits: str) -> Ear:
        """Hang up all that still talks; return what a mobile that behaves like *digits* heard."""
        self.silence()
        self.wait_mobile("hungup", digits)
        (recording,) = self.box.heard_by(digits, self.since_ms)
        return Ear(recording)

    def pressed_ms(self, digits: str) -> float:
        """Return when a mobile pressed its first key, milliseconds since 1970."""
        return self.wait_mobile("digit", digits).at_ms

    def key_s(self, digits: str) -> float:
        """Return when a mobile pressed its first key, seconds after the answer."""
        return (self.pressed_ms(digits) - self.wait_mobile("answered", digits).at_ms) / 1000

    def prompt(self, name: str, language: str = "de") -> Path:
        """Return the sound of a prompt."""
        return self.stage.folder / f"prompts/{language}/{name}.alaw"

    def words(self, call: Call) -> int:
        """Return how many words of a caller were understood so far."""
        heard = [row for row in self.file(call).journal if row.trigger == "Heard"]
        return len(str(heard[-1].data["text"]).split()) if heard else 0

    def wait_words(self, call: Call, count: int = 3) -> None:
        """Return when a caller speaks and so many of his words were understood."""
        call.wait_for("speaking", 30)
        until(f"{count} words", lambda: self.words(call) >= count)

    def remembered(self, family: str, state: str = "") -> int:
        """Return how many calls Asterisk remembers in an AstDB family, in this state."""
        rows = self.box.cli("pbx", f"database show {family}").splitlines()
        return sum(row.startswith(f"/{family}/") and f": {state}" in row for row in rows)

    # -- strangers

    @contextlib.contextmanager
    def knocking(self, data: bytes) -> Iterator[None]:
        """Send *data* to the AGI port and stay."""
        with socket.create_connection(("127.0.0.1", self.box.ports.agi), 5) as stranger:
            stranger.sendall(data)
            yield

    def knock(self, data: bytes) -> None:
        """Send *data* to the AGI port and go; being thrown out before the end is fine."""
        with contextlib.suppress(ConnectionError), self.knocking(data):
            pass

    @staticmethod
    def now_ms() -> float:
        """Return the time as events have it."""
        return time.time() * 1000


def _locked(path: Path) -> BinaryIO | None:
    """Return the open file that keeps other runs off an offset, `None` when one has it."""
    path.parent.mkdir(exist_ok=True)
    file = path.open("wb")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
