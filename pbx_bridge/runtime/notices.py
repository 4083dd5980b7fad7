"""Tells people by mail (and whatever else is plugged in) what the telephone could not."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import structlog

from pbx_bridge.core.call_flow import UNHEARD, Call
from pbx_bridge.core.escalation import Fallback, FallbackReason
from pbx_bridge.errors import NotifyFailed, StoreError
from pbx_bridge.ports import CallStore, Notice, Notifier, Pending

log = structlog.get_logger()

WHY = {
    FallbackReason.NOBODY_ACCEPTED: "nobody accepted the case",
    FallbackReason.NOBODY_TO_RING: "there is nobody to ring in the policy",
    FallbackReason.LINE_DOWN: "Asterisk cannot be reached, so nobody can be rung; we keep trying",
}


def write_notice(
    call: Call, reason: FallbackReason, *, key: str, zone: ZoneInfo, with_transcript: bool
) -> Notice:
    """
    Return what the office must read.

    Args:
        call: the call of the case.
        reason: why a ring was not enough.
        key: idempotency key of the outbox row.
        zone: the firm's zone; times in mails are wall clock.
        with_transcript: what the caller said is personal; firms switch it on knowingly.
    """
    verdict = call.verdict or UNHEARD
    arrived = call.arrived_at.astimezone(zone)
    lines = [
        f"Case {call.case_id}: {WHY[reason]}.",
        "",
        f"Called:   {arrived:%Y-%m-%d %H:%M:%S %Z}",
        f"Caller:   {call.caller.number or 'number withheld'}",
        f"Urgency:  {verdict.urgency.value} ({verdict.category})",
        f"Message:  {call.message_s:.0f} s, {call.recording}.wav",
    ]
    if with_transcript and call.transcript is not None:
        lines += ["", f"Words:    {call.transcript.text or '(none understood)'}"]
    lines += ["", f"All of it: pbx-bridge cases show {call.case_id}"]
    subject = f"[{verdict.urgency.value}] case {call.case_id}: {WHY[reason]}"
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
    ) -> None:
        self._calls, self._notifiers = calls, notifiers
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
        notice = write_notice(
            stored.state,
            effect.reason,
            key=f"{pending.case_id}-{pending.seq}",
            zone=self._zone,
            with_transcript=self._with_transcript,
        )
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
