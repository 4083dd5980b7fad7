"""One call from the carrier's side, from dialling to the report."""

import contextlib
import threading
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path

from boxes import speech
from boxes.ami import Ami, Event, Listener
from boxes.beep import BeepEar
from boxes.events import CALLER_ID
from boxes.faults import BoxError
from boxes.folders import Home
from boxes.progress import Progress
from boxes.report import CallReport
from boxes.spec import ANONYMOUS, CallSpec

_LIVE_RATE_HZ = 48000
_LISTEN_EVERY_S = 0.04
_GRACE_S = 5.0
"""How long a call may outlive its timeout before its end is taken for lost."""


class Call:
    """A call that is going on; made by `Box.start_call`, safe to use from any thread."""

    def __init__(self, login: Callable[[], Ami], carrier: Home, spec: CallSpec) -> None:
        """
        Get ready: log in and render what will be said; raise `BoxError` when that cannot be done.

        Every call has a login of its own: Asterisk does the actions of one login in turn, and
        pressing a key takes as long as the tone.
        """
        self.call_id = CALLER_ID + uuid.uuid4().hex[:12]
        self.spec = spec
        self._heard = carrier.spool / f"heard/{self.call_id}.wav"
        self._sounds = carrier.sounds / "en/calls"
        self._has_speech = self._prepare_speech()
        self._ami = login()
        self._progress = Progress(self.call_id)
        self._plan: list[tuple[float, Callable[[], None]]] = []
        self._ear = _LiveEar(carrier.spool / f"live/{self.call_id}.sln48")
        self._report: CallReport | None = None
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name=self.call_id, daemon=True)

    def start(self) -> None:
        """Dial."""
        self._thread.start()

    def wait(self, timeout_s: float | None = None) -> CallReport:
        """
        Return the report when the call is over.

        Raises:
            BoxError: it could not be placed, or was not over within *timeout_s*.
        """
        limit = timeout_s if timeout_s is not None else self.spec.timeout_s + 3 * _GRACE_S
        self._thread.join(limit)
        if self._failure is not None:
            raise BoxError(f"{self.call_id}: {self._failure}") from self._failure
        if self._report is None:
            raise BoxError(f"{self.call_id} was not over within {limit} s")
        return self._report

    def wait_for(self, stage: str, timeout_s: float) -> float:
        """
        Return when the call reached *stage* (of `STAGES`), in seconds since 1970.

        Raises:
            BoxError: it ended before, or did not get there within *timeout_s*.
        """
        return self._progress.wait_for(stage, timeout_s)

    def hangup(self) -> None:
        """Hang up now; no harm when the call is over already."""
        with contextlib.suppress(BoxError):  # it ended in this moment
            self._ami.action("Hangup", {"Channel": self._progress.channel, "Cause": "16"})

    def press(self, digit: str) -> None:
        """Press one key now."""
        self._ami.action("PlayDTMF", {"Channel": self._progress.channel, "Digit": digit})
        self._progress.digits += digit

    def speak(self, wav: Path | None = None) -> None:
        """Say *wav* now (any sound file), or what the call was made to say."""
        name = self.call_id
        if wav is not None:
            name = f"{self.call_id}-{time.time_ns()}"
            speech.for_telephone(wav, self._sounds / f"{name}.wav")
        channel = {"Channel": self._progress.channel}
        self._ami.action("Setvar", {**channel, "Variable": "BOX_SPEECH", "Value": f"calls/{name}"})
        place = {"Context": "caller", "Exten": "speak", "Priority": "1"}
        self._ami.action("Redirect", {**channel, **place})

    def _prepare_speech(self) -> bool:
        target = self._sounds / f"{self.call_id}.wav"
        target.parent.mkdir(parents=True, exist_ok=True)
        if self.spec.wav is not None:
            speech.for_telephone(self.spec.wav, target)
        elif self.spec.say:
            voice = self.spec.voice or speech.default_voice(self.spec.language)
            speech.render(self.spec.say, voice, target)
        return target.exists()

    def _run(self) -> None:
        try:
            with self._ami.listen(self._concerns_us) as events:
                self._plan = [(time.time() + self.spec.timeout_s, self._give_up)]
                self._dial()
                self._follow(events)
            self._report = self._progress.report(self.spec, self._heard)
        except Exception as exc:  # noqa: BLE001 - a thread has nobody to raise to; `wait` does it
            self._failure = exc
        finally:
            self._ami.close()
            self._ear.remove()
            for path in self._sounds.glob(f"{self.call_id}*"):
                path.unlink(missing_ok=True)
            self._progress.close()

    def _concerns_us(self, event: Event) -> bool:
        return self.call_id in (event.get("Uniqueid"), event.get("DestUniqueid"))

    def _dial(self) -> None:
        spec = self.spec
        withheld = spec.number == ANONYMOUS
        endpoint = "pbx-anonymous" if withheld else "pbx"
        name = spec.name or ("Anonymous" if withheld else "")
        limit_s = spec.timeout_s + _GRACE_S
        headers = {
            "Channel": f"PJSIP/{spec.to}@{endpoint}",
            "ChannelId": self.call_id,
            "CallerID": f'"{name}" <{spec.number}>',
            "Context": "caller",
            "Exten": "s",
            "Priority": "1",
            "Timeout": str(round(limit_s * 1000)),
            "Async": "true",
        }
        then = "hangup" if spec.hangup_when_spoken else "wait"
        variables = [f"BOX_CALL={self.call_id}", f"BOX_LIMIT={limit_s}", f"BOX_THEN={then}"]
        if withheld:
            variables.append("PJSIP_HEADER(add\\,Privacy)=id")
        self._ami.action("Originate", headers, variables)

    def _follow(self, events: Listener) -> None:
        """Take events and do what is due, until the call is over."""
        latest = time.time() + self.spec.timeout_s + 2 * _GRACE_S
        while self._progress.reached("ended") is None:
            now = time.time()
            if now > latest:
                raise BoxError("Asterisk never reported the end of this call")
            due_s = min((at for at, _ in self._plan), default=latest) - now
            event = events.get(min(due_s, _LISTEN_EVERY_S) if self._ear.is_open else due_s)
            if event is not None:
                was_answered = self._progress.reached("answered") is not None
                self._progress.take(event)
                answered_at = self._progress.reached("answered")
                if answered_at is not None and not was_answered:
                    self._plan_after(answered_at)
            self._listen()
            self._do_due()

    def _plan_after(self, answered_at: float) -> None:
        spec = self.spec
        for press in spec.keys:
            self._plan.append((answered_at + press.at_s, partial(self.press, press.digit)))
        if spec.hangup_after_s is not None:
            self._plan.append((answered_at + spec.hangup_after_s, self.hangup))
        if self._has_speech:
            self._ear.is_open = spec.speak_at_s is None
            speak_at_s = spec.beep_wait_s if spec.speak_at_s is None else spec.speak_at_s
            self._plan.append((answered_at + speak_at_s, self._speak_at_last))

    def _speak_at_last(self) -> None:
        if self._progress.reached("beep") is None:
            self._ear.is_open = False
            self.speak()

    def _listen(self) -> None:
        ended_s = self._ear.listen()
        if ended_s is not None:
            self._progress.beep_ended_s = round(ended_s, 3)
            self._progress.reach("beep", time.time())
            self._plan.append((0, self.speak))

    def _do_due(self) -> None:
        now = time.time()
        due = [act for at, act in self._plan if at <= now]
        self._plan = [(at, act) for at, act in self._plan if at > now]
        for act in due:
            with contextlib.suppress(BoxError):  # the call ended in this moment
                act()

    def _give_up(self) -> None:
        self._progress.timed_out = True
        self.hangup()


class _LiveEar:
    """Follow the live copy of what the caller hears until the beep is over."""

    def __init__(self, path: Path) -> None:
        self.is_open = False
        self._path = path
        self._position = 0
        self._ear = BeepEar(_LIVE_RATE_HZ)

    def listen(self) -> float | None:
        """Hear what is new; return seconds after the answer when the beep ended, once."""
        if not self.is_open or not self._path.exists():
            return None
        with self._path.open("rb") as file:
            file.seek(self._position)
            data = file.read()
        self._position += len(data)
        ended_s = self._ear.feed(data)
        self.is_open = ended_s is None
        return ended_s

    def remove(self) -> None:
        """Forget the copy."""
        self._path.unlink(missing_ok=True)
