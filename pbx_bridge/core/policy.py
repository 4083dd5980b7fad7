"""Who is rung, in which order, how long, how often: frozen into the case when it starts."""

from dataclasses import dataclass
from datetime import timedelta

RING_TIMEOUT = timedelta(seconds=22)
"""Below the carrier's mailbox, which often answers after 25 to 30 s."""


@dataclass(frozen=True, slots=True)
class Technician:
    """A person who can take a case."""

    name: str
    """The configured short name; also the id in journal, logs and prompts."""
    number: str
    """Where he is rung, digits with an optional leading plus."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Technicians who are rung at the same moment; mostly one."""

    technicians: tuple[Technician, ...]
    ring_timeout: timedelta
    overlap: timedelta | None = None
    """How long after this group began to ring the next one begins; `None`: when it is over."""
    is_last_chance: bool = False
    """Put off before, because they were with another case; now it is wait or ring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One position in a policy."""

    technicians: tuple[Technician, ...]
    """Nobody: the step is skipped at once."""
    is_parallel: bool = False
    """All at the same moment instead of one after the other."""
    ring_timeout: timedelta = RING_TIMEOUT
    overlap: timedelta | None = None
    """How long after a ring of this step the next one begins; `None`: when it is over."""

    def groups(self) -> tuple[Group, ...]:
        """Return who is rung together, in order."""
        if not self.technicians:
            return ()
        together = (
            (self.technicians,) if self.is_parallel else tuple((t,) for t in self.technicians)
        )
        return tuple(
            Group(technicians=people, ring_timeout=self.ring_timeout, overlap=self.overlap)
            for people in together
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One escalation policy, with everybody's name and number as they were at the start."""

    name: str = "default"
    steps: tuple[Step, ...]
    rounds: int = 2
    grace: timedelta = timedelta(seconds=3)
    """How long after a ring timeout we wait for Asterisk's report before going on without."""
    answer_limit: timedelta = timedelta(seconds=75)
    """How long somebody who picked up is kept on the phone at most."""
    listen_alone: timedelta | None = None
    """
    How long somebody who picked up has the case for himself at least; then, and not before his
    ring timeout is over, the next is rung beside him. `None`: while he is on the phone, as in
    policies of earlier releases.
    """
    round_pause: timedelta = timedelta(seconds=15)
    """Between rounds, so that a dead trunk does not burn the policy within a second."""
    line_retry: timedelta = timedelta(seconds=5)
    """How soon a ring that could not be placed, or had nobody free, is tried again."""
    ceiling: timedelta = timedelta(hours=4)
    """The end of everything: whatever happens, the escalation is over by then."""
    last_resort: Technician | None = None
    """Rung once when all rounds are done, usually the owner of the firm."""
    busy_for: timedelta = timedelta(minutes=45)
    """How long somebody who took a case is rung last for other cases."""
    remind_after: timedelta | None = None
    """How long a case may be acknowledged and not done; `None`: as long as it likes."""
    vary_order: bool = False
    """Whether each later round begins one group further on; earlier releases did not."""

    def groups(self) -> tuple[Group, ...]:
        """Return one round: who is rung together, in order; empty steps are left out."""
        return tuple(group for step in self.steps for group in step.groups())

    def last_group(self) -> tuple[Group, ...]:
        """Return the ring after the last round, if there is one."""
        if self.last_resort is None:
            return ()
        timeout = max((step.ring_timeout for step in self.steps), default=RING_TIMEOUT)
        return (Group(technicians=(self.last_resort,), ring_timeout=timeout),)

    def people(self) -> tuple[Technician, ...]:
        """Return everybody who may be rung, in order, each once."""
        named = [person for step in self.steps for person in step.technicians]
        if self.last_resort is not None:
            named.append(self.last_resort)
        return tuple(dict.fromkeys(named))

    def find(self, name: str) -> Technician | None:
        """Return a technician of this policy by his short name."""
        return next((person for person in self.people() if person.name == name), None)
