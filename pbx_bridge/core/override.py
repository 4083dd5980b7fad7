"""Overrides: dated exceptions to the rotations, and what each does to who is on call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never, get_args

from pbx_bridge.core.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """
    Somebody is sick or away: wherever he is on call, the next in the order steps in.

    The next who is not on call in another layer already, if there is one.
    """

    technician: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """Wherever somebody is on call, somebody else is instead."""

    technician: str
    substitute: str
    start: datetime
    end: datetime
    layer: str | None = None
    """`None`: in every layer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """Somebody has a whole layer alone, whoever would have had it."""

    substitute: str
    layer: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A second person, rung after those who are on call anyway."""

    substitute: str
    layer: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """Two people take each other's shifts; both halves count at the same instant."""

    first: Replacement
    second: Replacement


Override = Absence | Replacement | Takeover | Addition | Swap

KINDS: Mapping[str, type[Override]] = {kind.__name__: kind for kind in get_args(Override)}
"""By the name under which they are stored and sent; a new kind cannot be forgotten here."""


def periods(override: Override) -> tuple[Period, ...]:
    """Return when it holds."""
    if isinstance(override, Swap):
        return (*periods(override.first), *periods(override.second))
    return (Period(override.start, override.end),)


def technicians(override: Override) -> frozenset[str]:
    """Return everybody whom it names."""
    match override:
        case Absence(technician=name):
            return frozenset({name})
        case Takeover(substitute=name) | Addition(substitute=name):
            return frozenset({name})
        case Replacement(technician=name, substitute=other):
            return frozenset({name, other})
        case Swap(first=first, second=second):
            return technicians(first) | technicians(second)
        case _:
            assert_never(override)


def layers(override: Override) -> frozenset[str]:
    """Return the layers that it names; empty: it holds in all."""
    match override:
        case Absence():
            return frozenset()
        case Takeover(layer=layer) | Addition(layer=layer) | Replacement(layer=layer):
            return frozenset({layer} if layer is not None else ())
        case Swap(first=first, second=second):
            return layers(first) | layers(second)
        case _:
            assert_never(override)


def applied(
    override: Override, people: tuple[str, ...], *, layer: str, at: datetime
) -> tuple[str, ...]:
    """
    Return who is on call in *layer* at *at* when *people* would be without *override*.

    An absence changes nothing here: who steps in depends on everybody else's.
    """
    match override:
        case Absence():
            return people
        case Swap(first=first, second=second):
            return _replaced((first, second), people, layer, at)
        case Replacement():
            return _replaced((override,), people, layer, at)
        case _ if override.layer != layer or not Period(override.start, override.end).covers(at):
            return people
        case Takeover(substitute=name):
            return (name,)
        case Addition(substitute=name):
            return people if name in people else (*people, name)
        case _:
            assert_never(override)


def _replaced(
    replacements: tuple[Replacement, ...], people: tuple[str, ...], layer: str, at: datetime
) -> tuple[str, ...]:
    substitutes = {
        each.technician: each.substitute
        for each in replacements
        if each.layer in (None, layer) and Period(each.start, each.end).covers(at)
    }
    return tuple(dict.fromkeys(substitutes.get(name, name) for name in people))
