"""Checks across the sections that say who is told; see `checks`."""

from collections.abc import Iterator, Mapping

from pbx_bridge.config.calendar_checks import tables
from pbx_bridge.config.lines import KeyPath
from pbx_bridge.config.notice_sections import OFFICE_TOPICS, TOPICS
from pbx_bridge.config.secret_urls import url_mistake
from pbx_bridge.core.escalation_events import Topic


def notice_mistakes(raw: Mapping[str, object]) -> Iterator[tuple[KeyPath, str]]:
    """Yield what is wrong between values that look right one by one."""
    yield from _webhook_names(raw)
    for place, person in enumerate(tables(raw, "technician")):
        urls = person.get("notify")
        for number, url in enumerate(urls if isinstance(urls, list) else [], start=1):
            if isinstance(url, str) and (mistake := url_mistake(url)):
                yield ("technician", place, "notify"), f"entry {number} {mistake}"
        if "notify_topics" in person and not _has_urls(person):
            text = "is never used without notify or notify_file; add one or take it out"
            yield ("technician", place, "notify_topics"), text
    apprise = raw.get("apprise")
    if isinstance(apprise, dict) and "urls_file" not in apprise:
        if "topics" in apprise:
            yield ("apprise", "topics"), "is the office's and never used without urls_file; add it"
        if not any(_has_urls(person) for person in tables(raw, "technician")):
            yield ("apprise",), "tells nobody; add urls_file, or notify to a [[technician]]"


def notice_advice(raw: Mapping[str, object]) -> Iterator[tuple[KeyPath, str]]:
    """Yield what the office should hear of and nobody is told."""
    told = _told(raw)
    if Topic.EXHAUSTED not in told and not _has_office(raw):
        yield ("mail",), "is missing: when nobody takes a case, nobody is told; add [mail]"
        return
    for topic in OFFICE_TOPICS:
        if topic not in told and _can_happen(topic, raw):
            when = "when nobody takes a case, " if topic is Topic.EXHAUSTED else ""
            remedy = "add it to the topics of mail, webhook or apprise"
            text = f'{when}nobody is told of "{topic}"; {remedy}'
            yield ("mail", "topics"), text


def _can_happen(topic: Topic, raw: Mapping[str, object]) -> bool:
    """Whether the configuration lets it come to that."""
    if topic is Topic.GAP_AHEAD:
        return bool(raw.get("rotation"))
    notices = raw.get("notices")
    is_checked = isinstance(notices, dict) and notices.get("check_phones")
    return topic is not Topic.PHONE_CHECK or bool(is_checked)


def _told(raw: Mapping[str, object]) -> set[str]:
    """Return the topics that somebody in the office hears of."""
    told: set[str] = set()
    mail, apprise = raw.get("mail"), raw.get("apprise")
    if isinstance(mail, dict):
        told |= _topics(mail, OFFICE_TOPICS)
    if isinstance(apprise, dict) and "urls_file" in apprise:
        told |= _topics(apprise, OFFICE_TOPICS)
    for webhook in tables(raw, "webhook"):
        told |= _topics(webhook, TOPICS)
    return told


def _has_office(raw: Mapping[str, object]) -> bool:
    apprise = raw.get("apprise")
    has_push = isinstance(apprise, dict) and "urls_file" in apprise
    return has_push or bool(raw.get("mail") or raw.get("webhook"))


def _topics(section: Mapping[str, object], default: tuple[Topic, ...]) -> set[str]:
    chosen = section.get("topics", default)
    return {str(topic) for topic in chosen} if isinstance(chosen, list | tuple) else set()


def _webhook_names(raw: Mapping[str, object]) -> Iterator[tuple[KeyPath, str]]:
    seen: set[str] = set()
    for place, webhook in enumerate(tables(raw, "webhook")):
        name = str(webhook.get("name", "webhook"))
        if name in seen:
            yield ("webhook", place, "name"), f"{name!r} is there twice; give each its own name"
        seen.add(name)


def _has_urls(person: Mapping[str, object]) -> bool:
    return bool(person.get("notify") or person.get("notify_file"))
