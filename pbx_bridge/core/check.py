"""What `pbx-bridge doctor` finds out: one value for each thing that must be right."""

from dataclasses import dataclass
from enum import StrEnum


class CheckName(StrEnum):
    """Everything that is looked at, in this order; docs/operations.md explains each."""

    CONFIG = "config"
    USER = "user"
    DATABASE = "database"
    MODELS = "models"
    PROMPTS = "prompts"
    RULES = "rules"
    ON_CALL = "on-call"
    NOTIFIERS = "notifiers"
    RECORDINGS = "recordings"
    LIVE = "live"
    DIALPLAN = "dialplan"
    MANAGER = "manager"
    AMI = "ami"
    RIGHTS = "rights"
    SELF_CALL = "self-call"
    VERSION = "version"
    AGI = "agi"
    SERVICE = "service"
    LOCK = "lock"
    SPOOL = "spool"
    SOUNDS = "sounds"
    MODULES = "modules"


class CheckState(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"
    """It works, and a person should change it all the same."""
    FAILED = "failed"
    SKIPPED = "skipped"
    """Cannot be found out while another check fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was found, and what to do about it."""

    name: CheckName
    state: CheckState
    text: str
    remedy: str = ""
    """What to do; empty when it is ok or skipped."""


def passed(name: CheckName, text: str) -> Check:
    """Return a check that found everything right."""
    return Check(name=name, state=CheckState.OK, text=text)


def warned(name: CheckName, text: str, remedy: str) -> Check:
    """Return a check that found something unwise."""
    return Check(name=name, state=CheckState.WARNING, text=text, remedy=remedy)


def failed(name: CheckName, text: str, remedy: str) -> Check:
    """Return a check that found something that must be repaired."""
    return Check(name=name, state=CheckState.FAILED, text=text, remedy=remedy)


def skipped(name: CheckName, because: CheckName) -> Check:
    """Return a check that must wait until *because* is repaired."""
    return Check(name=name, state=CheckState.SKIPPED, text=f"not looked at: repair {because} first")
