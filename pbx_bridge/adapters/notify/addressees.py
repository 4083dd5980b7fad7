"""Everybody whom the configuration names to be told, with the way to tell each."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from functools import partial
from itertools import chain

import structlog

from pbx_bridge.adapters.notify.push import url_name
from pbx_bridge.adapters.notify.registry import make_notifier
from pbx_bridge.config import AppriseConfig, Config, TechnicianConfig, WebhookConfig
from pbx_bridge.config.secret_files import secret_faults
from pbx_bridge.config.secret_urls import read_urls, urls_of
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.errors import BridgeError, ConfigError, NotifyFailed
from pbx_bridge.ports import Addressee, Notice, Notifier

log = structlog.get_logger()


class Unusable:
    """Stands for a notifier that could not be built: its notices wait for a better one."""

    def __init__(self, cause: BridgeError) -> None:
        self.code, self.reason = cause.code, str(cause)

    async def send(self, notice: Notice) -> None:  # noqa: ARG002  the port
        """Raise `NotifyFailed`."""
        raise NotifyFailed(self.reason)


def addressees_of(config: Config) -> list[Addressee]:
    """
    Return everybody who is told of something, each push URL by itself.

    Nobody who cannot be told keeps the service from ringing: a notifier that cannot be built
    is `Unusable` and fails when it is asked to send.
    """
    directory = _Directory(config)
    people = (directory.technician(person) for person in config.technicians)
    return [*directory.office(), *chain.from_iterable(people)]


def report_unusable(config: Config, people: Iterable[Addressee]) -> None:
    """Log who cannot be told, once for each cause."""
    causes: dict[str, tuple[str, str]] = {}
    for whose, fault in secret_faults(config):
        causes.setdefault(str(fault), (whose, fault.code))
    for one in people:
        if isinstance(one.notifier, Unusable):
            causes.setdefault(one.notifier.reason, (one.name, one.notifier.code))
    for reason, (whose, code) in causes.items():
        log.error("notify.unusable", to=whose, code=code, reason=reason)


class _Directory:
    def __init__(self, config: Config) -> None:
        self._config = config
        self._privacy = config.apprise or AppriseConfig()

    def office(self) -> Iterator[Addressee]:
        config = self._config
        if (mail := config.mail) is not None:
            yield Addressee(
                name="mail",
                notifier=_built(lambda: make_notifier("mail", mail.options())),
                topics=frozenset(mail.topics),
                language=config.firm.language,
                is_brief=False,
                with_number=True,
                with_transcript=mail.include_transcript,
            )
        for webhook in config.webhooks:
            yield self._webhook(webhook)
        if config.apprise and (urls_file := config.apprise.urls_file):
            topics = frozenset(config.apprise.topics)
            for name, notifier in self._pushes("apprise", lambda: read_urls(urls_file)):
                yield self._push(name, notifier, topics, None)

    def technician(self, person: TechnicianConfig) -> Iterator[Addressee]:
        if person.notify or person.notify_file:
            topics = frozenset(person.notify_topics)
            whose = f"technician/{person.name}"
            for name, notifier in self._pushes(whose, lambda: urls_of(person)):
                yield self._push(name, notifier, topics, person.name)

    def _webhook(self, webhook: WebhookConfig) -> Addressee:
        return Addressee(
            name=f"webhook/{webhook.name}",
            notifier=_built(lambda: make_notifier("webhook", asdict(webhook))),
            topics=frozenset(webhook.topics),
            language=self._config.firm.language,
            with_number=webhook.include_number,
            with_transcript=webhook.include_transcript,
        )

    def _push(
        self, name: str, notifier: Notifier, topics: frozenset[Topic], technician: str | None
    ) -> Addressee:
        return Addressee(
            name=name,
            notifier=notifier,
            topics=topics,
            language=self._config.language_of(technician or ""),
            technician=technician,
            with_number=self._privacy.include_number,
            with_transcript=self._privacy.include_transcript,
        )

    def _pushes(
        self, whose: str, urls: Callable[[], tuple[str, ...]]
    ) -> Iterator[tuple[str, Notifier]]:
        try:
            listed = urls()
        except ConfigError as exc:
            yield f"{whose}/unreadable", Unusable(exc)
            return
        for url in listed:
            make = partial(make_notifier, "apprise", {"url": url})
            yield f"{whose}/{url_name(url)}", _built(make)


def _built(make: Callable[[], Notifier]) -> Notifier:
    try:
        return make()
    except BridgeError as exc:
        return Unusable(exc)
