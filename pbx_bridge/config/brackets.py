"""Single brackets where the file needs double ones: ``[technician]`` for ``[[technician]]``."""

from collections.abc import Mapping

from pbx_bridge.config.lines import KeyPath

REPEATED = ("technician", "rotation", "duty_window", "special_day")
"""Sections of which there may be many; [webhook] may stand alone, [policy] is of an old file."""


def with_lists(
    raw: Mapping[str, object],
) -> tuple[dict[str, object], list[tuple[KeyPath, str]]]:
    """
    Return the table with a list wherever there may be many, and what was written wrongly.

    The other mistakes in such a section are found as well.
    """
    whole, found = dict(raw), list[tuple[KeyPath, str]]()
    if isinstance(whole.get("webhook"), dict):
        whole["webhook"] = [whole["webhook"]]
    for name in REPEATED:
        if isinstance(whole.get(name), dict):
            found.append(((name,), _remedy(name)))
            whole[name] = [whole[name]]
    policies = whole.get("policy")
    if isinstance(policies, list):
        whole["policy"] = [
            {**policy, "step": [policy["step"]]} if _has_one_step(policy) else policy
            for policy in policies
        ]
        found += [
            (("policy", place, "step"), _remedy("policy.step"))
            for place, policy in enumerate(policies)
            if _has_one_step(policy)
        ]
    return whole, found


def _has_one_step(policy: object) -> bool:
    return isinstance(policy, dict) and isinstance(policy.get("step"), dict)


def _remedy(name: str) -> str:
    return f"has single brackets, and there may be many; write [[{name}]]"
