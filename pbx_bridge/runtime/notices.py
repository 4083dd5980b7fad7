"""Tells people by mail (and whatever else is plugged in) what the telephone could not."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import structlog

from pbx_bridge.core.call_flow import UNHEARD, Call
from pbx_bridge.core.escalation_events import Fallback, FallbackReason, Tell, Topic
from pbx_bridge.errors import NotifyFailed, StoreError
from pbx_bridge.ports import CallStore, Notice, Notifier, Pending

log = structlog.get_logger()

WHY = {
    FallbackReason.NOBODY_ACCEPTED: "nobody accepted the case",
    FallbackReason.NOBODY_TO_RING: "there is nobody to ring in the policy",
    FallbackReason.LINE_DOWN: "Asterisk cannot be reached, so nobody can be rung; we keep trying",
}


TURNS = {
    Topic.NEW_CASE: "a new case rings the technicians",
    Topic.ACCEPTED: "accepted",
    Topic.RESUMED: "not done in time; the technicians are rung again, it was accepted",
    Topic.DONE: "done, said",
    Topic.REOPENED: "the technicians are rung again, wanted",
}


def write_notice(
    call: Call, text: str, *, key: str, zone: ZoneInfo, with_transcript: bool
) -> Notice:
    """
    Return what the office must read.

    Args:
        call: the call of the case.
        text: what happened, one phrase.
        key: idempotency key of the outbox row.
        zone: the firm's zone; times in mails are wall clock.
        with_transcript: what the caller said is personal; firms switch it on knowingly.
    """
    verdict = call.verdict or UNHEARD
    arrived = call.arrived_at.astimezone(zone)
    lines = [
        f"Case {call.case_id}: {text}.",
        "",
        f"Called:   {arrived:%Y-%m-%d %H:%M:%S %Z}",
        f"Caller:   {call.caller.number or 'number withheld'}",
        f"Urgency:  {verdict.urgency.value} ({verdict.category})",
        f"Message:  {call.message_s:.0f} s, {call.recording}.wav",
    ]
    if with_transcript and call.transcript is not None:
        lines += ["", f"Words:    {call.transcript.text or '(none understood)'}"]
    lines += ["", f"All of it: pbx-bridge cases show {call.case_id}"]
    subject = f"[{verdict.urgency.value}] case {call.case_id}: {text}"
    return Notice(key=key, case_id=call.case_id, subject=subject, body="\n".join(lines))


class Notices:
    """Sends the fallback of an escalation through every configured notifier."""

    def __init__(
        self,
        calls: CallStore,
        notifiers: Sequence[Notifier],
        *,
        zone: ZoneInfo,
        with_transcript: bool,
        topics: frozenset[Topic] = frozenset(),
    ) -> None:
        self._calls, self._notifiers, self._topics = calls, notifiers, topics
        self._zone, self._with_transcript = zone, with_transcript
        self._sent: set[tuple[str, int]] = set()

    async def fall_back(self, pending: Pending) -> None:
        """
        Tell the office; one notifier that fails does not keep the others from trying.

        Raises:
            NotifyFailed: at least one did not get through; those that did are not asked again.
        """
        effect = pending.effect
        assert isinstance(effect, Fallback)  # noqa: S101  the dispatcher's own table
        stored = await self._calls.load(pending.case_id)
        if stored is None:
            raise StoreError(f"case {pending.case_id} has no call")
        if effect.reason is FallbackReason.LINE_DOWN:
            log.error("case.unreachable", case_id=pending.case_id)
        else:
            log.error("case.exhausted", case_id=pending.case_id, reason=effect.reason.value)
        await self._send_to_all(self._notice(stored.state, WHY[effect.reason], pending))

    async def tell(self, pending: Pending) -> None:
        """
        Tell whoever asked to hear of such a turn.

        Raises:
            NotifyFailed: as for `fall_back`.
        """
        effect = pending.effect
        assert isinstance(effect, Tell)  # noqa: S101  the dispatcher's own table
        if effect.topic not in self._topics:
            return
        stored = await self._calls.load(pending.case_id)
        if stored is None:
            raise StoreError(f"case {pending.case_id} has no call")
        who = f" by {effect.technician}" if effect.technician else ""
        text = f"{TURNS[effect.topic]}{who}"
        await self._send_to_all(self._notice(stored.state, text, pending))

    def _notice(self, call: Call, text: str, pending: Pending) -> Notice:
        key = f"{pending.case_id}-{pending.seq}"
        with_transcript = self._with_transcript
        return write_notice(call, text, key=key, zone=self._zone, with_transcript=with_transcript)

    async def _send_to_all(self, notice: Notice) -> None:
        failures = [
            failure
            for place, notifier in enumerate(self._notifiers)
            if (failure := await self._send(notifier, place, notice)) is not None
        ]
        if failures:
            raise NotifyFailed("; ".join(failures))

    async def _send(self, notifier: Notifier, place: int, notice: Notice) -> str | None:
        if (notice.key, place) in self._sent:
            return None
        try:
            await notifier.send(notice)
        except NotifyFailed as exc:
            log.warning("notify.failed", case_id=notice.case_id, code=exc.code, reason=str(exc))
            return str(exc)
        self._sent.add((notice.key, place))
        log.info("notify.sent", case_id=notice.case_id)
        return None
