"""Calls through a real Asterisk: how long everybody waits."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from boxes import BoxError, Call, CallReport, CallSpec, tones
from boxes.ami import Event, Listener
from stage import Scene, Stage, StageError, mobile

from benchmarks import line, moments, tone
from benchmarks.figures import Figure, figure
from benchmarks.moments import FROM_HANGUP, FROM_KEY, FROM_SILENCE, PBX_EVENTS, Span
from benchmarks.report import Section
from benchmarks.voice import Speech
from pbx_bridge.adapters.store.reading import CaseFile
from pbx_bridge.errors import BridgeError

SAID = "im keller ist ein rohr geplatzt"
"""Short, an emergency by its last word, and known to the tiny test model."""

TECHNICIAN = mobile("112")
"""Rings 1 s, presses 1 two seconds after the answer."""

SILENCE_S = 3
"""Silence that ends a message, in the calls that end so (the product's default is longer)."""

_LISTEN_S = 0.8
"""How long the technician hears what follows his key before we take the leg down."""


class Ending(StrEnum):
    """How the caller ends his message."""

    HANGUP = "hangup"
    SILENCE = "silence"
    KEY = "key"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSeen:
    """Everything that was measured in one call."""

    moments: dict[str, float]
    report: CallReport
    known_s: tuple[float | None, ...]
    """How long after its end each word was in the journal."""


@dataclass(slots=True, kw_only=True)
class Series:
    """Calls that end in the same way."""

    ending: Ending
    calls: list[CallSeen] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    """Calls that rang nobody."""
    notes: list[str] = field(default_factory=list)
    """Calls that rang somebody and cannot be counted, and why."""

    def spans(self, spans: Sequence[Span]) -> list[Figure | None]:
        """Return how long each of *spans* took."""
        return [self.span(f"    {span.text}", span.start, span.end) for span in spans]

    def span(self, name: str, start: str, end: str) -> Figure | None:
        """Return the time between two moments."""
        values = (moments.between_ms(one.moments, start, end) for one in self.calls)
        return figure(name, "ms", values)


def scene() -> Scene:
    """Return the firm that is called."""
    return Scene(technicians=(("anna", TECHNICIAN),), silence_s=SILENCE_S)


def place(stage: Stage, speech: Speech, ending: Ending, count: int) -> Series:
    """Place *count* calls one after another; a call that rings nobody is a failure."""
    series = Series(ending=ending)
    wav = speech.write(stage.folder / "said.wav")
    with stage.box.ami() as ami, ami.listen(_is_wanted) as events:
        for number in range(1, count + 1):
            since = line.quiet(stage)
            try:
                series.calls.append(_one_call(stage, speech, wav, ending, events))
            except (BoxError, BridgeError, StageError, TimeoutError) as exc:
                text = f"call {number} ({ending}): {exc}"
                was_rung = any(one.what == "invite" for one in stage.box.mobile_events(since))
                (series.notes if was_rung else series.failures).append(text)
    return series


def summarise(all_series: Sequence[Series]) -> Section:
    """Return the figures of all calls."""
    section = Section(name="calls", title="Calls, one after another")
    for series in all_series:
        section.failures += series.failures
        section.notes += [f"not counted, but rung: {text}" for text in series.notes]
        match series.ending:
            case Ending.HANGUP:
                section.add(series.span("hang-up to INVITE at the first mobile", *_HANGUP))
                section.add(*series.spans(FROM_HANGUP))
                decisive = "end of the decisive word to INVITE, then hung up"
                section.add(series.span(decisive, "decisive_ended", "invited"))
            case Ending.SILENCE:
                name = f"last word to INVITE, ended by {SILENCE_S} s of silence"
                section.add(series.span(name, "ended_speaking", "invited"))
                section.add(*series.spans(FROM_SILENCE))
            case Ending.KEY:
                section.add(series.span("key # at our PBX to INVITE", "key_arrived", "invited"))
                section.add(*series.spans(FROM_KEY))
    seen = [call for series in all_series for call in series.calls]
    section.add(*_line_figures(seen))
    return section


_HANGUP = ("hung_up", "invited")


def _line_figures(seen: Sequence[CallSeen]) -> list[Figure | None]:
    def ms(name: str, start: str, end: str) -> Figure | None:
        values = (moments.between_ms(one.moments, start, end) for one in seen)
        return figure(name, "ms", values)

    answered = [(one.report.answered_after_s, one.report.first_sound_s) for one in seen]
    return [
        figure("caller's INVITE to answer", "ms", (a and a * 1000 for a, _ in answered)),
        figure(
            "caller's INVITE to first sound (exact to 20 ms)",
            "ms",
            ((a + s) * 1000 for a, s in answered if a is not None and s is not None),
        ),
        ms("press of 1 (its tone included) to owner committed", "pressed", "committed"),
        ms("1 at our PBX to owner committed", "accept_arrived", "committed"),
        ms("1 at our PBX to receipt in the ear (exact to 20 ms)", "accept_arrived", "receipt"),
        figure(
            "end of a word to the word in the journal",
            "ms",
            (lag and lag * 1000 for one in seen for lag in one.known_s),
        ),
    ]


def _is_wanted(event: Event) -> bool:
    return event.get("Event") in PBX_EVENTS


def _one_call(stage: Stage, speech: Speech, wav: Path, ending: Ending, pbx: Listener) -> CallSeen:
    since = time.time()
    call = stage.box.start_call(CallSpec(wav=wav, hangup_when_spoken=ending is Ending.HANGUP))
    own: dict[str, float] = {}
    if ending is not Ending.HANGUP:
        own["ended_speaking"] = call.wait_for("spoken", line.LIMIT_S)
    if ending is Ending.KEY and isinstance(call, Call):
        own["ended_speaking"] = time.time()
        call.press("#")
    stage.box.wait_mobile_event("invite", since_ms=since * 1000, timeout_s=line.LIMIT_S)
    case = line.acknowledged(stage, since)
    time.sleep(_LISTEN_S)
    line.take_leg_down(stage, since)
    heard = stage.box.heard_by(since_ms=since * 1000)
    report = call.wait(line.LIMIT_S)
    file = stage.case_file(case.case_id)
    log = stage.service.log() if stage.service else []
    own |= moments.from_carrier(stage.box.events(since * 1000))
    own |= moments.from_journal(file.journal)
    own |= moments.from_log(log, case.case_id, since)
    own |= moments.from_pbx(_arrived(pbx, since), file.call.call_id if file.call else "", "#")
    own |= _receipt(heard, own)
    if report.speech_started_at is not None:
        own["decisive_ended"] = report.speech_started_at + speech.word_ends_s[-1]
    return CallSeen(moments=own, report=report, known_s=known_s(file, report, speech))


def _arrived(pbx: Listener, since: float) -> list[Event]:
    found = []
    while (event := pbx.get(0)) is not None:
        found += [event] if float(event["Timestamp"]) >= since else []
    return found


def _receipt(heard: Sequence[Path], own: moments.Moments) -> dict[str, float]:
    """Return when the receipt began, from the recording of what the technician heard."""
    if not heard or "picked_up" not in own or "pressed" not in own:
        return {}
    samples = tones.samples_of(heard[0])
    pressed_s = own["pressed"] - own["picked_up"]
    found = tone.onset_s(samples, tone.RECEIPT_HZ, from_s=pressed_s)
    return {} if found is None else {"receipt": own["picked_up"] + found}


def known_s(file: CaseFile, report: CallReport, speech: Speech) -> tuple[float | None, ...]:
    """Return how long after its end each word of *speech* was in the journal."""
    start = report.speech_started_at
    if start is None:
        return ()
    sightings = [
        (row.at.timestamp(), str(row.data.get("text", "")))
        for row in file.journal
        if row.trigger == "Heard"
    ]
    ends = [start + end for end in speech.word_ends_s]
    return tuple(moments.known_after_s(speech.text.split(), ends, sightings))
