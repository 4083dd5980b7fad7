"""Checks of the names in [escalation] and [[policy]]; on the raw table, as those of `checks`."""

from collections.abc import Iterator, Mapping

from pbx_bridge.config.calendar_checks import Mistake, tables
from pbx_bridge.config.lines import KeyPath
from pbx_bridge.config.proposal import proposal
from pbx_bridge.core.calendar import PRIMARY
from pbx_bridge.core.case import Urgency
from pbx_bridge.core.plan import DEFAULT, LAYER_MARK
from pbx_bridge.core.rulefile import CATEGORIES

URGENCIES = (Urgency.EMERGENCY.value, Urgency.URGENT.value)
"""Urgencies that a policy may be for."""

CONDITIONS = ("urgency", "category", "window")
"""Keys that say which cases a policy is for."""


def policy_mistakes(raw: Mapping[str, object]) -> Iterator[Mistake]:
    """Yield what is wrong between names that look right one by one."""
    single = raw.get("policy")
    if isinstance(single, dict):
        is_new = not single.keys().isdisjoint(("name", "step", *CONDITIONS))
        renamed = "is called [escalation] now, with the same keys; rename this section"
        yield ("policy",), "there may be several: write [[policy]]" if is_new else renamed
    people = [str(person["name"]) for person in tables(raw, "technician") if "name" in person]
    escalation = raw.get("escalation")
    if isinstance(escalation, dict):
        for name in _texts(escalation.get("order")):
            if name not in people:
                yield ("escalation", "order"), _no_technician(name, people)
        yield from _last_resort(("escalation",), escalation, people)
    windows = [str(duty["name"]) for duty in tables(raw, "duty_window") if "name" in duty]
    who = [*people, *(f"{LAYER_MARK}{layer}" for layer in _layers(raw))]
    seen = set()
    for place, policy in enumerate(tables(raw, "policy")):
        path: KeyPath = ("policy", place)
        yield from _conditions(path, policy, windows)
        yield from _last_resort(path, policy, people)
        for at, step in enumerate(tables(policy, "step")):
            for name in _texts(step.get("who")):
                if name not in who:
                    yield (*path, "step", at, "who"), _nobody(name, who)
        title = policy.get("name")
        if isinstance(title, str) and title in seen:
            yield (*path, "name"), f"{title!r} is there twice; choose another"
        seen.add(str(title))


def _conditions(
    path: KeyPath, policy: Mapping[str, object], windows: list[str]
) -> Iterator[Mistake]:
    for word in _texts(policy.get("urgency")):
        if word not in URGENCIES:
            yield (*path, "urgency"), f"{word!r} {_no_urgency(word)}"
    for word in _texts(policy.get("category")):
        if word not in CATEGORIES:
            remedy = proposal(word, sorted(CATEGORIES))
            yield (*path, "category"), f"{word!r} is no category; {remedy}"
    for word in _texts(policy.get("window")):
        if word not in windows:
            remedy = proposal(word, windows)
            yield (*path, "window"), f"{word!r} is no [[duty_window]]; {remedy}"
    if policy.get("name") == DEFAULT and any(key in policy for key in CONDITIONS):
        text = f"{DEFAULT!r} is the policy of all other cases; choose another name"
        yield (*path, "name"), text


def _no_urgency(word: str) -> str:
    if word == Urgency.UNKNOWN:
        return 'is handled as urgent; write "urgent"'
    if word in list(Urgency):
        return "rings nobody; take it out"
    return f"is no urgency; {proposal(word, URGENCIES)}"


def _last_resort(
    path: KeyPath, table: Mapping[str, object], people: list[str]
) -> Iterator[Mistake]:
    name = table.get("last_resort")
    if isinstance(name, str) and name not in people:
        yield (*path, "last_resort"), _no_technician(name, people)


def _no_technician(name: str, people: list[str]) -> str:
    return f"{name!r} is no [[technician]]; {proposal(name, people)}"


def _nobody(name: str, who: list[str]) -> str:
    kind = "layer of a [[rotation]]" if name.startswith(LAYER_MARK) else "[[technician]]"
    return f"{name!r} is no {kind}; {proposal(name, who)}"


def _layers(raw: Mapping[str, object]) -> list[str]:
    """Return the layers that a step may name; without any rotation there is one."""
    rotations = tables(raw, "rotation")
    layers = (str(rotation.get("layer", PRIMARY)) for rotation in rotations)
    return list(dict.fromkeys(layers)) if rotations else [PRIMARY]


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
