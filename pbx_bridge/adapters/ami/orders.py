"""What we order from Asterisk: rings of our technicians, errands of our own dialplan."""

import re
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from uuid import uuid4

from pbx_bridge.errors import AmiRejected, UnsafeValue
from pbx_bridge.ports import RingOrder
from pbx_bridge.wire.ami_action import in_group, variables

Order = dict[str, str | list[str]]
"""An action Originate."""

TECHNICIAN, CHECK, IDLE = "pbxb-technician", "pbxb-check", "pbxb-idle"
"""Contexts of our dialplan: a mobile that was answered; the near half of a Local channel."""

GROUP = "pbxb"
"""Category in which a leg is counted under its call: without us the fallback waits for its end."""

_NUMBER = re.compile(r"\+?[0-9]{2,20}")
_CHANNEL_ID = re.compile(r"[0-9]{1,18}-[0-9]{1,6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RingConfig:
    """How and whom we may ring."""

    dial: str
    """Channel of a mobile, ``{number}`` stands for its number: ``PJSIP/{number}@trunk``."""
    roster: frozenset[str]
    """The only numbers that are ever rung: our login could ring any number in the world."""
    caller_id: str | None = None
    """What the mobile shows; `None` leaves it to the trunk."""


def ring_order(order: RingOrder, config: RingConfig) -> Order:
    """
    Return the order to ring a mobile; whoever answers it runs into our dialplan.

    The variables reach the channel that enters our context, also with a dial template that goes
    through a Local channel; they need no inheritance (measured on 22.10).

    Raises:
        AmiRejected: not a configured mobile.
        UnsafeValue: a value that Asterisk would read as more than text.
    """
    if not (_NUMBER.fullmatch(order.number) and order.number in config.roster):
        raise AmiRejected(
            f"attempt {order.channel_id}: the number of {order.technician} is not one of the"
            " configured mobiles; only those are rung"
        )
    return {
        "Action": "Originate",
        "ActionID": f"ring-{uuid4().hex}",
        "ChannelId": checked_id(order.channel_id),
        "Channel": config.dial.replace("{number}", order.number),
        "Context": CHECK if order.is_check else TECHNICIAN,
        "Exten": "s",
        "Priority": "1",
        "Timeout": _ms(order.timeout),
        "Async": "true",
        "EarlyMedia": "false",
        "Variable": _told(order),
        **({"CallerID": config.caller_id} if config.caller_id else {}),
    }


def _told(order: RingOrder) -> list[str]:
    """Return what the dialplan is told, also about a leg that it serves without us."""
    values = {
        "PBXB_CASE": order.case_id,
        "PBXB_ATTEMPT": str(order.attempt),
        "PBXB_TECHNICIAN": order.technician,
        "PBXB_TOKEN": order.token,
        "PBXB_CALL": order.call_id,
        "PBXB_CALLER": order.caller_number,
        "PBXB_RECORDING": order.recording,
        "PBXB_LANG": order.language,
    }
    group = [] if order.is_check else [in_group(GROUP, order.call_id)]
    return [*variables(values), *group]


def errand(context: str, exten: str, timeout: timedelta, values: dict[str, str]) -> Order:
    """Return the order to run a context of ours on a channel that belongs to nobody."""
    return {
        "Action": "Originate",
        "ActionID": f"errand-{uuid4().hex}",
        "Channel": f"Local/{exten}@{context}/n",
        "Context": IDLE,
        "Exten": "s",
        "Priority": "1",
        "Timeout": _ms(timeout),
        "Async": "true",
        "Variable": variables(values),
    }


def checked_id(channel_id: str) -> str:
    """Return the id of an attempt; raise `UnsafeValue` when it is something else."""
    if not _CHANNEL_ID.fullmatch(channel_id):
        raise UnsafeValue(f"{channel_id!r} is no id of an attempt")
    return channel_id


def _ms(timeout: timedelta) -> str:
    return str(ceil(timeout.total_seconds() * 1000))
