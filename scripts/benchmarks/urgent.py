"""Spoken emergencies: our product and the common way, by turns on one box with the same calls."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from boxes import Box, BoxError, CallReport, CallSpec
from boxes.speech import default_voice
from stage import Scene, Stage, StageError, mobile

from benchmarks import calls, decisive, line, moments, voice, voicemail
from benchmarks.decisive import Spoken
from benchmarks.figures import Figure, figure, ratio, share
from benchmarks.report import NotMeasuredError, Section
from benchmarks.sentences import SAID, whole
from pbx_bridge.adapters.packs import load_pack
from pbx_bridge.errors import BridgeError

TECHNICIAN = mobile("112")
OURS, THEIRS = "pbx-bridge", "VoiceMail()"
SHORT, WHOLE = "short tail", "whole message"
"""Where a caller ends: with one thing of what the greeting asks for, or with all of it."""
_FROM_WORD, _FROM_HANGUP = ("decided", "invited"), ("hung_up", "invited")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One call that rang somebody."""

    moments: dict[str, float]
    is_whole: bool = False
    """Whether the caller said all that the greeting asks for."""
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
    rests_s: Mapping[str, Sequence[float]]
    """How long the callers of `SHORT` and `WHOLE` speak on after the word that decides."""
    ours: list[Rung] = field(default_factory=list)
    theirs: list[Rung] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    """Calls that rang nobody though the product took them."""
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Turns":
        """Return what `asdict` made plain."""
        ways = {way: [Rung(**one) for one in plain[way]] for way in ("ours", "theirs")}
        return cls(**{**plain, **ways})

    def add(self, more: "Turns") -> None:
        """Take in the calls of another run of the same voice."""
        self.ours += more.ours
        self.theirs += more.theirs
        self.failures += more.failures
        self.notes += more.notes

    def take(self, number: int, way: str, box: Box, call: Callable[[], Rung]) -> None:
        """Place one call; it is a failure only when our product rang nobody for it."""
        since_ms = time.time() * 1000
        try:
            rung = call()
        except (BoxError, BridgeError, StageError, TimeoutError) as exc:
            was_rung = any(one.what == "invite" for one in box.mobile_events(since_ms))
            missing = self.failures if way == OURS and not was_rung else self.notes
            missing.append(f"not counted: {self.language}, call {number + 1} to {way}: {exc}")
        else:
            (self.ours if way == OURS else self.theirs).append(rung)


def scene(language: str) -> Scene:
    """Return the firm that is called."""
    return Scene(technicians=(("anna", TECHNICIAN),), language=language)


def place(stage: Stage, language: str, model: Path, count: int) -> Turns:
    """
    Place *count* calls to the running product and as many to the common way, by turns.

    Every other one is told to its end.
    """
    said = {
        SHORT: _spoken(language, SAID[language]),
        WHOLE: _spoken(language, [whole(language, text) for text in SAID[language]]),
    }
    rests_s = {group: [one.rest_s for one in every] for group, every in said.items()}
    turns = Turns(language=language, rests_s=rests_s)
    with ExitStack() as stack:
        has_voicemail = True
        try:
            stack.enter_context(voicemail.installed(stage.box, stage.folder, language, model))
        except NotMeasuredError as exc:
            has_voicemail = False
            turns.notes.append(f"no comparison: {exc}")
        for number in range(count):
            group = WHOLE if number % 2 else SHORT
            one = said[group][number // 2 % len(said[group])]
            wav = one.speech.write(stage.folder / "said.wav")
            is_whole = group == WHOLE
            turns.take(number, OURS, stage.box, partial(_ours, stage, one, wav, is_whole))
            if has_voicemail:
                turns.take(number, THEIRS, stage.box, partial(_theirs, stage, one, wav, is_whole))
    return turns


def _spoken(language: str, texts: Iterable[str]) -> list[Spoken]:
    pack, speaker = load_pack(language), default_voice(language)
    return [decisive.spoken(voice.speak(text, speaker), pack) for text in texts]


def summarise(all_turns: Sequence[Turns]) -> Section:
    """Return the figures of all voices."""
    section = Section(name="urgent", title=f"Spoken emergencies, {OURS} and {THEIRS} by turns")
    for turns in all_turns:
        section.failures += turns.failures
        section.notes += turns.notes
        section.add(*_figures(turns.language, turns.ours, turns.theirs))
    ours = [rung for turns in all_turns for rung in turns.ours]
    theirs = [rung for turns in all_turns for rung in turns.theirs]
    for group in (SHORT, WHOLE):
        section.add(*_group(group, all_turns, ours, theirs))
    section.add(*_figures("all", ours, theirs))
    section.data = [asdict(turns) for turns in all_turns]
    return section


def _group(
    group: str, all_turns: Sequence[Turns], ours: Sequence[Rung], theirs: Sequence[Rung]
) -> Iterable[Figure | None]:
    rests_s = [rest for turns in all_turns for rest in turns.rests_s.get(group, ())]
    return [
        *_figures(
            group,
            [rung for rung in ours if rung.is_whole is (group == WHOLE)],
            [rung for rung in theirs if rung.is_whole is (group == WHOLE)],
        ),
        figure(f"{group}: the caller speaks on after the word that decides", "s", rests_s),
    ]


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


def _ours(stage: Stage, one: Spoken, wav: Path, is_whole: bool) -> Rung:
    report, found, since = _call(stage, one, CallSpec(wav=wav, hangup_when_spoken=True))
    case = line.acknowledged(stage, since)
    line.take_leg_down(stage, since)
    known_s = calls.known_s(stage.case_file(case.case_id), report, one.speech)[one.word - 1]
    log = stage.service.log() if stage.service else []
    certain = moments.last_logged(log, "case.certain", case.case_id)
    found |= {} if certain is None else {"certain": certain}
    return Rung(moments=found, is_whole=is_whole, known_s=known_s)


def _theirs(stage: Stage, one: Spoken, wav: Path, is_whole: bool) -> Rung:
    spec = CallSpec(to=voicemail.NUMBER, wav=wav, hangup_when_spoken=True)
    return Rung(moments=_call(stage, one, spec)[1], is_whole=is_whole)


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
