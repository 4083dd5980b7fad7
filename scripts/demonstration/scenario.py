"""What can be played: who calls, what the technicians' mobiles do, and what must come of it."""

from dataclasses import dataclass
from enum import StrEnum

from stage import mobile

TEXTS = {
    "de": {
        "emergency": "guten abend hier ist sabine wagner in der küche ist der wasserhahn abgerissen"
        " im keller ist ein rohr geplatzt und das wasser läuft über den boden",
        "routine": "können sie mir die rechnung vom januar noch einmal schicken",
    },
    "ru": {
        "emergency": "добрый вечер меня зовут наталья кузнецова на кухне сорвало кран"
        " и вода льётся по полу",
        "routine": "пришлите пожалуйста ещё раз счёт за январь",
    },
    "pl": {
        "emergency": "dobry wieczór nazywam się katarzyna mazur w kuchni urwał się kran"
        " i woda leje się po podłodze woda tryska z rury",
        "routine": "proszę przysłać fakturę ze stycznia jeszcze raz",
    },
    "en": {
        "emergency": "good evening this is susan walker the tap in the kitchen broke off"
        " at our place a pipe has burst and the water is running over the floor",
        "routine": "can you send me the invoice from january again",
    },
}
"""Only words that the tiny test models know: they understand this synthetic voice and no other."""


class Trouble(StrEnum):
    """What goes wrong with the service itself."""

    NONE = "none"
    NOT_RUNNING = "not-running"
    """It does not run at all; it is started afterwards."""
    KILLED = "killed"
    """It is killed without a warning while the caller speaks, and started again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One night."""

    name: str
    title: str
    technicians: tuple[tuple[str, str], ...]
    """Short name and what the mobile does (last three digits, see scripts/README.md)."""
    text: str = "emergency"
    phase: str = "acknowledged"
    owner: str | None = None
    outcomes: tuple[str, ...] = ()
    """How each attempt must end, in order."""
    mails: int = 0
    hangs_up_speaking: bool = False
    trouble: Trouble = Trouble.NONE

    def people(self) -> tuple[tuple[str, str], ...]:
        """Return short names and numbers."""
        return tuple(
            (name, mobile(digits, place))
            for place, (name, digits) in enumerate(self.technicians, start=1)
        )


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario(
            name="burst-pipe",
            title="A pipe has burst. Anna does not hear her mobile, Ben presses 1.",
            technicians=(("anna", "101"), ("ben", "103")),
            owner="ben",
            outcomes=("no-answer", "acknowledged"),
        ),
        Scenario(
            name="mailbox",
            title="Anna's mailbox answers and accepts nothing. Ben is rung beside it, presses 1.",
            technicians=(("anna", "104"), ("ben", "103")),
            owner="ben",
            outcomes=("no-answer", "acknowledged"),
        ),
        Scenario(
            name="decline",
            title="Anna declines with 2, so Ben is rung at once.",
            technicians=(("anna", "105"), ("ben", "103")),
            owner="ben",
            outcomes=("declined", "acknowledged"),
        ),
        Scenario(
            name="nobody",
            title="Nobody answers: the office gets a mail.",
            technicians=(("anna", "101"), ("ben", "102")),
            phase="exhausted",
            outcomes=("no-answer", "busy"),
            mails=1,
        ),
        Scenario(
            name="hangup",
            title="The caller hangs up in the middle of a sentence. Ben is rung all the same.",
            technicians=(("ben", "103"),),
            owner="ben",
            outcomes=("acknowledged",),
            hangs_up_speaking=True,
        ),
        Scenario(
            name="routine",
            title="Somebody wants an invoice. Nobody is woken.",
            technicians=(("anna", "103"),),
            text="routine",
            phase="filed",
        ),
        Scenario(
            name="no-service",
            title="pbx-bridge does not run. Asterisk alone records and rings Anna, then Ben.",
            technicians=(("anna", "101"), ("ben", "103")),
            owner="ben",
            trouble=Trouble.NOT_RUNNING,
        ),
        Scenario(
            name="killed",
            title="pbx-bridge is killed while the caller speaks, and started again.",
            technicians=(("anna", "101"), ("ben", "103")),
            owner="ben",
            outcomes=("no-answer", "acknowledged"),
            trouble=Trouble.KILLED,
        ),
    )
}
