"""What is allowed in [escalation] and [[policy]] and still unwise."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import product

from pbx_bridge.config.calendar_checks import Mistake
from pbx_bridge.config.lines import KeyPath
from pbx_bridge.config.policies import policies_of
from pbx_bridge.config.sections import Config
from pbx_bridge.core.calendar import PRIMARY
from pbx_bridge.core.case import Urgency
from pbx_bridge.core.plan import DEFAULT, LAYER_MARK, PolicyRule, StepRule
from pbx_bridge.core.rulefile import CATEGORIES

MAILBOX_S = 25
"""Carriers' mailboxes often answer from here on."""


def policy_advice(config: Config) -> Iterator[Mistake]:
    """Yield what works and is still unwise, with where it stands."""
    yield from _mailboxes(config)
    yield from _unreached(config)
    yield from _overlaps(config)
    yield from _listeners(config)
    yield from _ceilings(config)
    yield from _never_rung(config)
    yield from _unused_layers(config)


def layers_rung(config: Config, layers: Iterable[str]) -> frozenset[str]:
    """Return those of *layers* that some case rings; one without a policy of its own rings all."""
    named = {who.removeprefix(LAYER_MARK) for who in _named(config) if who.startswith(LAYER_MARK)}
    return frozenset(layers if _has_other_cases(config) else named.intersection(layers))


def _mailboxes(config: Config) -> Iterator[Mistake]:
    timeouts: list[tuple[KeyPath, int | None]] = [
        (("escalation", "ring_timeout_s"), config.escalation.ring_timeout_s)
    ]
    for place, policy in enumerate(config.policies):
        timeouts.append((("policy", place, "ring_timeout_s"), policy.ring_timeout_s))
        timeouts += [
            (("policy", place, "step", at, "ring_timeout_s"), step.ring_timeout_s)
            for at, step in enumerate(policy.steps)
        ]
    for path, seconds in timeouts:
        if seconds is not None and seconds > MAILBOX_S:
            yield path, f"{seconds} s often reaches the carrier's mailbox; stay below {MAILBOX_S}"


def _unreached(config: Config) -> Iterator[Mistake]:
    rules = policies_of(config).rules
    before: dict[int, set[int]] = {place: set() for place in range(len(rules))}
    for fitting in _cases(config, rules):
        for place in fitting:
            before[place].add(fitting[0])
    for place, first in before.items():
        if place not in first:
            names = " and ".join(repr(rules[one].name) for one in sorted(first))
            text = f"is never used: its cases all go to {names} before it"
            yield ("policy", place), f"{text}; move it up or take it out"


def _cases(config: Config, rules: tuple[PolicyRule, ...]) -> Iterator[list[int]]:
    """Yield for every kind of case the places of the rules that fit it, in order."""
    windows = [None, *(duty.name for duty in config.duty_windows)]
    kinds = product((Urgency.EMERGENCY, Urgency.URGENT), sorted(CATEGORIES), windows)
    for urgency, category, window in kinds:
        yield [n for n, rule in enumerate(rules) if rule.fits(urgency, category, window)]


def _has_other_cases(config: Config) -> bool:
    """Whether there are cases that no policy of the firm is for."""
    return not all(_cases(config, policies_of(config).rules))


def _overlaps(config: Config) -> Iterator[Mistake]:
    for place, rule in enumerate(policies_of(config).rules):
        for at, step in enumerate(rule.steps):
            if step.overlap is not None and step.overlap >= step.ring_timeout:
                path = ("policy", place, "step", at, "overlap_s")
                rings = f"the mobile rings for {step.ring_timeout.seconds} s only"
                yield path, f"{step.overlap.seconds} s overlaps nothing: {rings}; make it shorter"


def _listeners(config: Config) -> Iterator[Mistake]:
    """Yield where a listener is to have more time for himself than he is kept on the phone."""
    firm = config.escalation
    places: list[tuple[KeyPath, int, int]] = [
        (("escalation", "listen_alone_s"), firm.listen_alone_s, firm.answer_limit_s)
    ]
    for place, policy in enumerate(config.policies):
        alone, limit = policy.listen_alone_s, policy.answer_limit_s
        if alone is not None or limit is not None:
            key = "answer_limit_s" if alone is None else "listen_alone_s"
            alone = firm.listen_alone_s if alone is None else alone
            limit = firm.answer_limit_s if limit is None else limit
            places.append((("policy", place, key), alone, limit))
    for path, alone, limit in places:
        if alone > limit:
            text = f"nobody listens alone for {alone} s: he is kept on the phone for {limit} s"
            yield path, f"{text} and the message; make listen_alone_s shorter"


def _ceilings(config: Config) -> Iterator[Mistake]:
    """Yield each ceiling that is over before one round is; one of the firm's only once."""
    firm = config.escalation
    shared: list[tuple[timedelta, str]] = []
    for place, (rule, policy) in enumerate(
        zip(policies_of(config).rules, config.policies, strict=True)
    ):
        length = _round_length(rule.steps)
        if policy.ceiling_min is None:
            shared.append((length, rule.name))
        elif length > timedelta(minutes=policy.ceiling_min):
            text = _too_short(policy.ceiling_min, [(length, rule.name)])
            yield ("policy", place, "ceiling_min"), text
    if _has_other_cases(config):
        count = len(_layers(config)) if config.rotations else len(config.order())
        timeout = timedelta(seconds=firm.ring_timeout_s)
        step = StepRule(who=(LAYER_MARK,) * count, ring_timeout=timeout)
        shared.append((_round_length((step,)), DEFAULT))
    longer = [each for each in shared if each[0] > timedelta(minutes=firm.ceiling_min)]
    if longer:
        yield ("escalation", "ceiling_min"), _too_short(firm.ceiling_min, longer)


def _too_short(minutes: int, policies: list[tuple[timedelta, str]]) -> str:
    rounds = ", ".join(
        f"{name!r} is ({round(takes.total_seconds())} s)" for takes, name in policies
    )
    before = f"{minutes} min is over before one round of policy {rounds}"
    return f"{before}: the last ones are never rung; make it longer"


def _round_length(steps: tuple[StepRule, ...]) -> timedelta:
    """Return how long one round takes, with one person on call in each layer."""
    lengths = [
        (min(step.overlap or step.ring_timeout, step.ring_timeout), step.ring_timeout)
        for step in steps
        for _ in range(1 if step.is_parallel else len(step.who))
    ]
    *first, (_, last) = lengths
    return sum((until_next for until_next, _ in first), last)


def _never_rung(config: Config) -> Iterator[Mistake]:
    rung = set(_named(config)) | {name for each in config.rotations for name in each.order}
    rung |= {policy.last_resort or "" for policy in config.policies}
    rung.add(config.escalation.last_resort or "")
    if not config.rotations and layers_rung(config, _layers(config)):
        rung |= set(config.order())
    for place, person in enumerate(config.technicians):
        if person.name not in rung:
            remedy = "add him to a [[policy.step]] or a [[rotation]]"
            text = f"{person.name!r} is in no policy and in no rotation and is not rung; {remedy}"
            yield ("technician", place, "name"), text


def _unused_layers(config: Config) -> Iterator[Mistake]:
    seen = set(layers_rung(config, _layers(config)))
    for place, rotation in enumerate(config.rotations):
        if rotation.layer not in seen:
            remedy = f"name '{LAYER_MARK}{rotation.layer}' in a [[policy.step]]"
            text = f"no policy rings the layer {rotation.layer!r}; {remedy}"
            yield ("rotation", place, "layer"), text
        seen.add(rotation.layer)


def _layers(config: Config) -> frozenset[str]:
    return frozenset(rotation.layer for rotation in config.rotations) or frozenset({PRIMARY})


def _named(config: Config) -> list[str]:
    return [who for policy in config.policies for step in policy.steps for who in step.who]
