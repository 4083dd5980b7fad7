"""Who is rung, in which order, how long, how often: frozen into the case when it starts."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Technician:
    """A person who can take a case."""

    name: str
    """The configured short name; also the id in journal, logs and prompts."""
    number: str
    """Where he is rung, digits with an optional leading plus."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """
    One escalation policy: the steps, gone through round after round.

    A position counts from 0 over all rounds: with two steps, position 2 is the first
    step of the second round.
    """

    steps: tuple[Technician, ...]
    rounds: int = 2
    ring_timeout: timedelta = timedelta(seconds=22)
    """Below the carrier's mailbox, which often answers after 25 to 30 s."""
    grace: timedelta = timedelta(seconds=3)
    """How long after `ring_timeout` we wait for Asterisk's report before going on without."""
    answer_limit: timedelta = timedelta(seconds=75)
    """How long somebody who picked up may listen before the next is rung."""
    round_pause: timedelta = timedelta(seconds=15)
    """Between rounds, so that a dead trunk does not burn the policy within a second."""
    line_retry: timedelta = timedelta(seconds=5)
    """How soon a ring that Asterisk could not even be asked for is tried again."""
    ceiling: timedelta = timedelta(hours=4)
    """The end of everything: whatever happens, the escalation is over by then."""

    @property
    def positions(self) -> int:
        """How many rings there are at most when every one of them can be placed."""
        return self.rounds * len(self.steps)

    def technician(self, position: int) -> Technician:
        """Return who is rung at *position*, 0 to `positions` - 1."""
        return self.steps[position % len(self.steps)]

    def opens_round(self, position: int) -> bool:
        """Whether *position* is the first of a second or later round."""
        return position > 0 and position % len(self.steps) == 0
