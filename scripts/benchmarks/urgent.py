"""Spoken emergencies: our product and the common way, by turns on one box with the same calls."""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from boxes import Box, BoxError, CallReport, CallSpec
from boxes.speech import default_voice
from stage import Scene, Stage, StageError, mobile

from benchmarks import calls, decisive, line, moments, voice, voicemail
from benchmarks.decisive import Spoken
from benchmarks.figures import Figure, figure, ratio, share
from benchmarks.report import NotMeasuredError, Section
from benchmarks.sentences import SAID
from pbx_bridge.adapters.packs import load_pack
from pbx_bridge.errors import BridgeError

TECHNICIAN = mobile("112")
OURS, THEIRS = "pbx-bridge", "VoiceMail()"
_FROM_WORD, _FROM_HANGUP = ("decided", "invited"), ("hung_up", "invited")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One call that rang somebody."""

    moments: dict[str, float]
    known_s: float | None = None
    """From the end of the word that decides to that word in the journal."""

    @property
    def was_speaking(self) -> bool:
        """Whether the mobile rang before the caller hung up."""
        return self.moments["invited"] < self.moments["hung_up"]


@dataclass(slots=True, kw_only=True)
class Turns:
    """All calls of one voice."""

    language: str
    said: tuple[Spoken, ...]
    box: Box
    ours: list[Rung] = field(default_factory=list)
    theirs: list[Rung] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    """Calls that rang nobody though the product took them."""
    notes: list[str] = field(default_factory=list)

    def take(self, number: int, way: str, call: Callable[[], Rung]) -> None:
        """Place one call; it is a failure only when our product rang nobody for it."""
        since_ms = time.time() * 1000
        try:
            rung = call()
        except (BoxError, BridgeError, StageError, TimeoutError) as exc:
            was_rung = any(one.what == "invite" for one in self.box.mobile_events(since_ms))
            missing = self.failures if way == OURS and not was_rung else self.notes
            missing.append(f"not counted: {self.language}, call {number + 1} to {way}: {exc}")
        else:
            (self.ours if way == OURS else self.theirs).append(rung)


def scene(language: str) -> Scene:
    """Return the firm that is called."""
    return Scene(technicians=(("anna", TECHNICIAN),), language=language)


def place(stage: Stage, language: str, model: Path, count: int) -> Turns:
    """Place *count* calls to the running product and as many to the common way, by turns."""
    pack = load_pack(language)
    speaker = default_voice(language)
    said = tuple(decisive.spoken(voice.speak(text, speaker), pack) for text in SAID[language])
    turns = Turns(language=language, said=said, box=stage.box)
    wavs = [one.speech.write(stage.folder / f"said-{n}.wav") for n, one in enumerate(said)]
    with ExitStack() as stack:
        has_voicemail = True
        try:
            stack.enter_context(voicemail.installed(stage.box, stage.folder, language, model))
        except NotMeasuredError as exc:
            has_voicemail = False
            turns.notes.append(f"no comparison: {exc}")
        for number in range(count):
            one, wav = said[number % len(said)], wavs[number % len(said)]
            turns.take(number, OURS, partial(_ours, stage, one, wav))
            if has_voicemail:
                turns.take(number, THEIRS, partial(_theirs, stage, one, wav))
    return turns


def summarise(all_turns: Sequence[Turns]) -> Section:
    """Return the figures of all voices."""
    section = Section(name="urgent", title=f"Spoken emergencies, {OURS} and {THEIRS} by turns")
    for turns in all_turns:
        section.failures += turns.failures
        section.notes += turns.notes
        section.add(*_figures(turns.language, turns.ours, turns.theirs))
    ours = [rung for turns in all_turns for rung in turns.ours]
    theirs = [rung for turns in all_turns for rung in turns.theirs]
    section.add(*_figures("all", ours, theirs))
    rests = [one.rest_s for turns in all_turns for one in turns.said]
    section.add(figure("all: the caller speaks on after the word that decides", "s", rests))
    return section


def _figures(who: str, ours: Sequence[Rung], theirs: Sequence[Rung]) -> Iterable[Figure | None]:
    word = f"{who}: decisive word to INVITE"
    hangup = f"{who}: hang-up to INVITE"
    our_word, their_word = _span(word, OURS, ours), _span(word, THEIRS, theirs)
    our_hangup, their_hangup = (
        _span(hangup, OURS, ours, _FROM_HANGUP),
        _span(hangup, THEIRS, theirs, _FROM_HANGUP),
    )
    known = (rung.known_s and rung.known_s * 1000 for rung in ours)
    certain = (moments.between_ms(rung.moments, "decided", "certain") for rung in ours)
    return [
        our_word,
        their_word,
        ratio(f"{word}, {THEIRS} / {OURS}", their_word, our_word),
        share(f"{who}: rung before hang-up", [rung.was_speaking for rung in ours]),
        our_hangup,
        their_hangup,
        ratio(f"{hangup}, {THEIRS} / {OURS}", their_hangup, our_hangup),
        figure(f"{who}: decisive word to it in the journal", "ms", known),
        figure(f"{who}: decisive word to certain", "ms", certain),
    ]


def _span(
    name: str, way: str, rung: Sequence[Rung], ends: tuple[str, str] = _FROM_WORD
) -> Figure | None:
    values = (moments.between_ms(one.moments, *ends) for one in rung)
    return figure(f"{name}, {way}", "ms", values)


def _ours(stage: Stage, one: Spoken, wav: Path) -> Rung:
    report, found, since = _call(stage, one, CallSpec(wav=wav, hangup_when_spoken=True))
    case = line.acknowledged(stage, since)
    line.take_leg_down(stage, since)
    known_s = calls.known_s(stage.case_file(case.case_id), report, one.speech)[one.word - 1]
    log = stage.service.log() if stage.service else []
    certain = moments.last_logged(log, "case.certain", case.case_id)
    found |= {} if certain is None else {"certain": certain}
    return Rung(moments=found, known_s=known_s)


def _theirs(stage: Stage, one: Spoken, wav: Path) -> Rung:
    spec = CallSpec(to=voicemail.NUMBER, wav=wav, hangup_when_spoken=True)
    return Rung(moments=_call(stage, one, spec)[1])


def _call(stage: Stage, one: Spoken, spec: CallSpec) -> tuple[CallReport, dict[str, float], float]:
    """Place a call; return its report, its moments and when it began, once a mobile was rung."""
    since = line.quiet(stage) / 1000
    report = stage.box.start_call(spec).wait(2 * line.LIMIT_S)
    stage.box.wait_mobile_event("invite", since_ms=since * 1000, timeout_s=line.LIMIT_S)
    found = moments.from_carrier(stage.box.events(since * 1000))
    if report.speech_started_at is None or report.speech_ended_at is None:
        raise StageError("a mobile rang, but the caller could not say all of it")
    found["hung_up"] = report.ended_at  # the carrier's event may be written a moment later
    found["decided"] = report.speech_started_at + one.decides_s
    return report, found, since
