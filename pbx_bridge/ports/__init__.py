"""What the runtime needs from the world; adapters provide it, fakes stand in for it in tests."""

from pbx_bridge.ports.calendar import OverrideStore, ShiftImport, StoredOverride
from pbx_bridge.ports.notices import (
    Addressee,
    Notice,
    NoticeStore,
    Notifier,
    QueuedNotice,
    Queueing,
)
from pbx_bridge.ports.people import Clock, Excerpt, Recordings, Transcriber
from pbx_bridge.ports.store import (
    CallStore,
    EscalationStore,
    Outbox,
    Pending,
    PinLocks,
    StoredCall,
    StoredEscalation,
)
from pbx_bridge.ports.telephone import Line, LiveChannel, PhoneEvents, Phones, Recorded, RingOrder

__all__ = [
    "Addressee",
    "CallStore",
    "Clock",
    "EscalationStore",
    "Excerpt",
    "Line",
    "LiveChannel",
    "Notice",
    "NoticeStore",
    "Notifier",
    "Outbox",
    "OverrideStore",
    "Pending",
    "PhoneEvents",
    "Phones",
    "PinLocks",
    "QueuedNotice",
    "Queueing",
    "Recorded",
    "Recordings",
    "RingOrder",
    "ShiftImport",
    "StoredCall",
    "StoredEscalation",
    "StoredOverride",
    "Transcriber",
]
