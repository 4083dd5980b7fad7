"""Writes and queues what people are told by mail, webhook and push."""

from collections.abc import Callable, Iterable, Sequence
from zoneinfo import ZoneInfo

import structlog

from pbx_bridge.core.audience import concerned
from pbx_bridge.core.call_flow import UNHEARD, Call
from pbx_bridge.core.escalation_events import Fallback, FallbackReason, Tell, Topic
from pbx_bridge.core.letter import letter
from pbx_bridge.core.news import CaseFacts, News
from pbx_bridge.core.news_texts import advice, headline, personal
from pbx_bridge.errors import StoreError
from pbx_bridge.ports import (
    Addressee,
    CallStore,
    Clock,
    EscalationStore,
    Notice,
    NoticeStore,
    Pending,
    Queueing,
)

log = structlog.get_logger()

OF_REASON = {
    FallbackReason.NOBODY_ACCEPTED: Topic.EXHAUSTED,
    FallbackReason.NOBODY_TO_RING: Topic.EXHAUSTED,
    FallbackReason.LINE_DOWN: Topic.LINE_DOWN,
}


def case_facts(
    call: Call, *, technician: str | None = None, reason: FallbackReason | None = None
) -> CaseFacts:
    """Return what is told of a case, what is personal with it."""
    verdict = call.verdict or UNHEARD
    is_speaking = call.message is None and not call.is_gone
    return CaseFacts(
        case_id=call.case_id,
        arrived_at=call.arrived_at,
        urgency=verdict.urgency.value,
        category=verdict.category,
        message_s=None if is_speaking else call.message_s,
        recording=call.recording,
        technician=technician,
        reason=reason,
        caller_number=call.caller.number,
        transcript=call.transcript.text if call.transcript is not None else None,
    )


def write_notice(
    news: News, addressee: Addressee, zone: ZoneInfo, line_number: str | None = None
) -> Notice:
    """
    Return what *addressee* reads of *news*.

    Args:
        news: with all that is personal.
        addressee: says how much of it he may read, in which form and language.
        zone: the firm's zone; times are wall clock.
        line_number: what every ring shows; `None`: the trunk decides.
    """
    visible = news.without(
        number=not addressee.with_number, transcript=not addressee.with_transcript
    )
    language, words = addressee.language, addressee.with_transcript
    subject = headline(visible, language, zone)
    if addressee.is_brief:
        lines = [*personal(visible, language), *advice(visible, language, line_number)]
    else:
        lines = letter(visible, language, zone, with_words=words, line_number=line_number)
    return Notice(
        key=news.key,
        case_id=news.case.case_id if news.case else None,
        subject=subject,
        body="\n".join(lines),
        news=visible,
    )


class Notices:
    """Puts what happened into the queue, once for everybody who wants to hear of it."""

    def __init__(  # noqa: PLR0913  the composition root names each of them once
        self,
        clock: Clock,
        calls: CallStore,
        escalations: EscalationStore,
        queue: NoticeStore,
        addressees: Sequence[Addressee],
        *,
        zone: ZoneInfo,
        line_number: str | None = None,
        on_queued: Callable[[], None] = lambda: None,
    ) -> None:
        self._clock, self._calls, self._escalations = clock, calls, escalations
        self._queue, self._addressees, self._zone = queue, addressees, zone
        self._line_number = line_number
        self._on_queued = on_queued

    async def fall_back(self, pending: Pending) -> None:
        """Queue that a ring was not enough; raise `StoreError` when it cannot be kept."""
        effect = pending.effect
        assert isinstance(effect, Fallback)  # noqa: S101  the dispatcher's own table
        if effect.reason is FallbackReason.LINE_DOWN:
            log.error("case.unreachable", case_id=pending.case_id)
        else:
            log.error("case.exhausted", case_id=pending.case_id, reason=effect.reason.value)
        await self._of_case(pending, OF_REASON[effect.reason], reason=effect.reason)

    async def tell(self, pending: Pending) -> None:
        """Queue a turn of a case; raise `StoreError` when it cannot be kept."""
        effect = pending.effect
        assert isinstance(effect, Tell)  # noqa: S101  the dispatcher's own table
        await self._of_case(pending, effect.topic, technician=effect.technician)

    async def publish(
        self, found: Iterable[News], concerned_of: Callable[[News], frozenset[str] | None]
    ) -> None:
        """
        Queue news for everybody who wants to hear of its topic.

        Args:
            found: what happened; what is queued already stays as it is.
            concerned_of: the technicians whom it concerns, `None` for all of them.

        Raises:
            StoreError: it cannot be kept.
        """
        notices = [
            Queueing(
                addressee=one.name,
                topic=news.topic,
                notice=write_notice(news, one, self._zone, self._line_number),
            )
            for news in found
            for one in self._addressees
            if news.topic in one.topics and _is_for(one, concerned_of(news))
        ]
        if notices and await self._queue.queue(self._clock.now(), notices):
            self._on_queued()

    async def _of_case(
        self,
        pending: Pending,
        topic: Topic,
        *,
        technician: str | None = None,
        reason: FallbackReason | None = None,
    ) -> None:
        if not any(topic in one.topics for one in self._addressees):
            return
        call = await self._calls.load(pending.case_id)
        escalation = await self._escalations.load(pending.case_id)
        if call is None or escalation is None:
            raise StoreError(f"case {pending.case_id} has no call or no escalation")
        news = News(
            key=f"{pending.case_id}-{pending.seq}",
            topic=topic,
            at=self._clock.now(),
            case=case_facts(call.state, technician=technician, reason=reason),
        )
        people = concerned(topic, escalation.state, technician)
        await self.publish([news], lambda _: people)


def _is_for(one: Addressee, people: frozenset[str] | None) -> bool:
    return one.technician is None or people is None or one.technician in people
