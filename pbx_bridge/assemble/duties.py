"""Who carries out which effect, and how often it is tried."""

from collections.abc import Mapping
from datetime import timedelta

from pbx_bridge.core.call_events import AdoptOwner, Escalate, LookAfterCall, Transcribe
from pbx_bridge.core.case_life import CloseEscalation, ReopenEscalation, TranscribeNote
from pbx_bridge.core.escalation_events import CancelRing, Fallback, MarkTaken, Ring, TakeOver, Tell
from pbx_bridge.runtime.case_deeds import CaseDeeds
from pbx_bridge.runtime.deeds import Duty, Effect
from pbx_bridge.runtime.notices import Notices
from pbx_bridge.runtime.ringing import Ringing
from pbx_bridge.runtime.transcripts import Transcripts

NOTE_TRIES = 24
"""With pauses of 1, 2, 4 ... 64 minutes: most of a day, in which somebody mends a model."""


def duties(
    ringing: Ringing, transcripts: Transcripts, notices: Notices, case_deeds: CaseDeeds
) -> Mapping[type[Effect], Duty]:
    """Say who carries out which effect."""
    return {
        Escalate: Duty(act=ringing.escalate, tries=None),  # parked, it would ring nobody
        AdoptOwner: Duty(act=ringing.adopt_owner, tries=None),
        LookAfterCall: Duty(act=ringing.look_after, tries=None),
        Ring: Duty(act=ringing.ring, tries=None),
        CancelRing: Duty(act=ringing.cancel, tries=None),
        MarkTaken: Duty(act=ringing.mark_taken, is_slow=True, tries=None),
        Transcribe: Duty(act=transcripts.transcribe, is_slow=True, tries=None),
        TakeOver: Duty(act=ringing.take_over),
        Fallback: Duty(act=notices.fall_back, is_slow=True, tries=None, pause=timedelta(seconds=5)),
        Tell: Duty(act=notices.tell, is_slow=True, tries=6),
        CloseEscalation: Duty(act=case_deeds.close, is_slow=True, tries=None),
        ReopenEscalation: Duty(act=case_deeds.reopen, is_slow=True, tries=None),
        TranscribeNote: Duty(
            act=case_deeds.transcribe_note,
            is_slow=True,
            tries=NOTE_TRIES,
            pause=timedelta(minutes=1),
        ),
    }
