"""The technicians' mobiles: what each one does, by the last three digits of its number."""

from dataclasses import dataclass

STAYS_S = 120
"""How long a mobile stays on the line when nothing else ends the call."""

SHORTLY_S = 0.04
"""So much later than another a mobile presses its key, that a machine under load tells them apart
and both fall into a tenth of a second."""

_PICK_UP = (
    "Answer()",
    "MixMonitor(,r(${ASTSPOOLDIR}/heard/${NUMBER}-${UNIQUEID}.wav))",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mobile:
    """One behaviour."""

    digits: str
    """Last three digits of the number."""
    behaviour: str
    """What it does, in one line for people."""
    steps: tuple[str, ...]
    """The same for Asterisk."""


def _ring(seconds: int) -> tuple[str, ...]:
    return ("Ringing()", f"Wait({seconds})")


def _press(digit: str, after_s: float) -> tuple[str, ...]:
    """Press *digit*, *after_s* seconds after what was before; the event says when exactly."""
    return (f"Wait({after_s})", f"UserEvent(BoxMobile,Digit: {digit})", f"SendDTMF({digit})")


_STAY = (f"Wait({STAYS_S})", "Hangup()")
_TALK = ("Playback(tech-hello)", *_STAY)
_LEAVE = ("Wait(4)", "Hangup()")


def _takes(ring_s: int, *then: str) -> tuple[str, ...]:
    return (*_ring(ring_s), *_PICK_UP, *then)


def _variants(tens: str, after_s: int) -> tuple[Mobile, ...]:
    """Return the mobiles that press 1 *after_s* seconds after they answered."""
    one = _press("1", after_s)
    when = f"presses 1 after {after_s} s"
    rows = (
        ("2", f"{when}, hangs up 4 s later", (*one, *_LEAVE)),
        ("3", f"{when}, says hello, stays", (*one, *_TALK)),
        (
            "4",
            f"presses 5 (wrong) after {after_s} s, then 1 after 4 s more",
            (*_press("5", after_s), *_press("1", 4), *_TALK),
        ),
        (
            "5",
            f"presses 3 (repeat) after {after_s} s, then 1 after 4 s more",
            (*_press("3", after_s), *_press("1", 4), *_TALK),
        ),
        ("6", f"{when} and hangs up at once", (*one, "Hangup()")),
    )
    return tuple(
        Mobile(digits=tens + last, behaviour=f"answers after 1 s, {text}", steps=_takes(1, *steps))
        for last, text, steps in rows
    )


_QUICK = {mobile.digits[2]: mobile for mobile in _variants("11", 2)}

MOBILES: tuple[Mobile, ...] = (
    Mobile(digits="101", behaviour="rings, never answers", steps=_ring(300)),
    Mobile(digits="102", behaviour="is busy", steps=("Hangup(17)",)),
    Mobile(digits="103", behaviour=_QUICK["3"].behaviour, steps=_QUICK["3"].steps),
    Mobile(
        digits="104",
        behaviour="is a mailbox: talks, beeps, listens 18 s, never presses a key",
        steps=_takes(1, "Playback(voicemail)", "Playtones(1400/300)", "Wait(18)", "Hangup()"),
    ),
    Mobile(
        digits="105",
        behaviour="answers after 1 s, presses 2 after 2 s, stays",
        steps=_takes(1, *_press("2", 2), *_STAY),
    ),
    Mobile(
        digits="106",
        behaviour="answers after 1 s and hangs up at once",
        steps=_takes(1, "Hangup()"),
    ),
    Mobile(digits="107", behaviour="cannot be reached: congestion", steps=("Hangup(34)",)),
    Mobile(digits="108", behaviour="is a number that does not exist", steps=("Hangup(1)",)),
    Mobile(digits="109", behaviour="rings 3 s, then rejects", steps=(*_ring(3), "Hangup(21)")),
    Mobile(
        digits="110",
        behaviour="is switched off: announcement before answer, then 480",
        steps=("Progress()", "Playback(off,noanswer)", "Hangup(20)"),
    ),
    Mobile(
        digits="111",
        behaviour=f"answers after 1 s, says nothing, stays {STAYS_S} s",
        steps=_takes(1, *_STAY),
    ),
    Mobile(digits="112", behaviour=_QUICK["2"].behaviour, steps=_QUICK["2"].steps),
    Mobile(
        digits="113",
        behaviour="answers after 4 s, presses 1 after 2 s, says hello, stays",
        steps=_takes(4, *_press("1", 2), *_TALK),
    ),
    *(_QUICK[last] for last in "456"),
    Mobile(
        digits="117",
        behaviour="answers after 1 s, presses 4, 3 and 1, 3 s apart, hangs up 4 s later",
        steps=_takes(1, *_press("4", 3), *_press("3", 3), *_press("1", 3), *_LEAVE),
    ),
    Mobile(
        digits="118",
        behaviour="answers after 1 s, presses 1 after 2 s, stays",
        steps=_takes(1, *_press("1", 2), *_STAY),
    ),
    Mobile(
        digits="119",
        behaviour=f"answers after 1 s, presses 1 after {2 + SHORTLY_S} s, stays",
        steps=_takes(1, *_press("1", 2 + SHORTLY_S), *_STAY),
    ),
    Mobile(
        digits="120",
        behaviour="rings 8 s, then a mailbox answers",
        steps=_takes(8, "Playback(voicemail)", "Playtones(1400/300)", "Wait(18)", "Hangup()"),
    ),
    Mobile(
        digits="121",
        behaviour="answers after 6 s, presses 1 after 2 s, hangs up 4 s later",
        steps=_takes(6, *_press("1", 2), *_LEAVE),
    ),
    *_variants("12", 8),
)


def dialplan() -> str:
    """Return the extensions of all behaviours for the carrier's context `mobiles`."""
    lines = []
    for mobile in MOBILES:
        first, *others = mobile.steps
        lines += [f"; {mobile.behaviour}", f"exten => b{mobile.digits},1,{first}"]
        lines += [f" same => n,{step}" for step in others]
    return "\n".join(lines)


def table() -> str:
    """Return all behaviours as a table for people (Markdown)."""
    rows = [f"| {mobile.digits} | {mobile.behaviour} |" for mobile in MOBILES]
    return "\n".join(("| number ends in | the mobile |", "| --- | --- |", *rows))
