"""The sections that say who is told by another way than a ring; see `sections`."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from pbx_bridge.config.values import AbsolutePath, ShortName, is_loopback
from pbx_bridge.core.escalation_events import Topic

TOPICS = tuple(topic for topic in Topic if topic is not Topic.TEST)
"""All that can be chosen."""

OFFICE_TOPICS = (
    Topic.EXHAUSTED,
    Topic.LINE_DOWN,
    Topic.CONTESTED,
    Topic.GAP_AHEAD,
    Topic.PHONE_CHECK,
)
"""What a person must act upon; the default of mail and push to the office."""

PERSONAL_TOPICS = (
    Topic.SHIFT_BEGINS,
    Topic.SHIFT_WITHDRAWN,
    Topic.ACCEPTED,
    Topic.EXHAUSTED,
    Topic.CONTESTED,
    Topic.DONE,
    Topic.LINE_DOWN,
)
"""What a technician may be told; the last one only if he chooses it."""


def _topics(topics: tuple[Topic, ...]) -> tuple[Topic, ...]:
    if Topic.TEST in topics:
        raise ValueError("'test' is for pbx-bridge notify test only; take it out")
    return topics


def _personal(topics: tuple[Topic, ...]) -> tuple[Topic, ...]:
    strange = [topic.value for topic in topics if topic not in PERSONAL_TOPICS]
    if strange:
        allowed = ", ".join(topic.value for topic in PERSONAL_TOPICS)
        raise ValueError(f"a technician is not told of {', '.join(strange)}; one of: {allowed}")
    return topics


def _webhook_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError('is no address; write it like "https://example.com/hook"')
    if parts.username is not None or parts.fragment:
        raise ValueError("must not hold a user, a password or a #; the signature proves who sends")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise ValueError("would send callers' data in the clear; use https, or http to 127.0.0.1")
    return url


Topics = Annotated[tuple[Topic, ...], AfterValidator(_topics)]
PersonalTopics = Annotated[tuple[Topic, ...], AfterValidator(_personal)]
WebhookUrl = Annotated[str, AfterValidator(_webhook_url)]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookConfig:
    """
    A program of the firm that is told in JSON, signed; one [[webhook]] each.

    docs/notifications.md has the fields, and how a receiver checks the signature.
    """

    url: WebhookUrl
    """Where it is posted to; https, or http on this machine."""
    secret_file: AbsolutePath
    """File with the secret that signs it, one line, mode 0600."""
    name: ShortName = "webhook"
    """Short name, a-z, 0-9 and -; needed when there are several."""
    topics: Topics = TOPICS
    """What it is told; docs/notifications.md explains each."""
    include_number: bool = True
    """Whether the caller's number is in it."""
    include_transcript: bool = False
    """Whether what the caller said is in it."""
    timeout_s: Annotated[int, Field(ge=1, le=60)] = 10
    """Seconds for the connection and for the answer; whoever needs longer is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppriseConfig:
    """
    Push messages through Apprise: to the office, and how much technicians read.

    Needs the package Apprise, see docs/notifications.md.
    Technicians have their own lists: technician.notify.
    """

    urls_file: AbsolutePath | None = None
    """The office's Apprise URLs, one in a line, mode 0600: they are secrets."""
    topics: Topics = OFFICE_TOPICS
    """What the office is told."""
    include_number: bool = False
    """Whether the caller's number is in push messages, the technicians' too."""
    include_transcript: bool = False
    """Whether what the caller said is in push messages, the technicians' too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesConfig:
    """How early people are told of what the plan holds for them."""

    gap_ahead_days: Annotated[int, Field(ge=1, le=60)] = 7
    """Days before it that a gap is told; each gap once."""
    shift_ahead_h: Annotated[int, Field(ge=1, le=168)] = 24
    """Hours before it, by the clock on the wall, that a shift is told; again when it begins."""
    check_phones: bool = False
    """Whether whoever's shift begins is rung for a check of his phone then, at whatever hour."""
