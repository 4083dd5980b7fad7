"""Orders to Asterisk: only our technicians, only our contexts, only plain values."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pbx_bridge.adapters.ami.orders import RingConfig, checked_id, errand, ring_order
from pbx_bridge.errors import AmiRejected, UnsafeValue
from pbx_bridge.ports import RingOrder

CONFIG = RingConfig(dial="PJSIP/{number}@trunk", roster=frozenset({"+491711", "112; x"}))

ORDER = RingOrder(
    channel_id="17-1",
    token="a1b2",
    number="+491711",
    timeout=timedelta(seconds=25),
    case_id="17",
    attempt=1,
    technician="anna",
    call_id="pbx-1.7",
    caller_number="49301",
    recording="/var/spool/pbx-1.7",
    language="de",
)


def test_ring_order_says_all_that_the_dialplan_needs() -> None:
    """Whoever answers is screened by our dialplan, even when we are not there any more."""
    order = ring_order(ORDER, CONFIG)

    assert order.pop("ActionID") != ring_order(ORDER, CONFIG)["ActionID"]
    assert order == {
        "Action": "Originate",
        "ChannelId": "17-1",
        "Channel": "PJSIP/+491711@trunk",
        "Context": "pbxb-technician",
        "Exten": "s",
        "Priority": "1",
        "Timeout": "25000",
        "Async": "true",
        "EarlyMedia": "false",
        "Variable": [
            "PBXB_CASE=17",
            "PBXB_ATTEMPT=1",
            "PBXB_TECHNICIAN=anna",
            "PBXB_TOKEN=a1b2",
            "PBXB_CALL=pbx-1.7",
            "PBXB_CALLER=49301",
            "PBXB_RECORDING=/var/spool/pbx-1.7",
            "PBXB_LANG=de",
            "GROUP(pbxb)=pbx-1.7",
        ],
    }


def test_check_of_a_mobile_runs_into_a_context_without_a_case() -> None:
    """Same path and number as a case; it is counted under no call."""
    check = replace(ORDER, case_id="0", call_id="", caller_number="", recording="", is_check=True)
    order = ring_order(replace(check, channel_id="0-5", attempt=5), CONFIG)

    assert order["Context"] == "pbxb-check"
    assert order["Channel"] == "PJSIP/+491711@trunk"
    assert order["Variable"] == [
        "PBXB_CASE=0",
        "PBXB_ATTEMPT=5",
        "PBXB_TECHNICIAN=anna",
        "PBXB_TOKEN=a1b2",
        "PBXB_CALL=",
        "PBXB_CALLER=",
        "PBXB_RECORDING=",
        "PBXB_LANG=de",
    ]


def test_caller_id_is_sent_when_there_is_one() -> None:
    """Without one the trunk decides."""
    config = replace(CONFIG, caller_id="+4930")

    assert ring_order(ORDER, config)["CallerID"] == "+4930"


@pytest.mark.parametrize("number", ["+491712", "", "112; x", "491711", "+491711&PJSIP/0900@trunk"])
def test_only_configured_mobiles_are_rung(number: str) -> None:
    """Our login could ring any number in the world; it rings those of the roster."""
    with pytest.raises(AmiRejected, match="not one of the configured mobiles") as refused:
        ring_order(replace(ORDER, number=number), CONFIG)

    assert number not in str(refused.value) or not number


@pytest.mark.parametrize("channel_id", ["", "17", "17-1\n", "all", "17-1;2", "/.*/", "-1"])
def test_only_ids_of_attempts_are_channels(channel_id: str) -> None:
    """Asterisk takes a pattern in the place of a channel, and would hang up all calls."""
    with pytest.raises(UnsafeValue):
        checked_id(channel_id)
    with pytest.raises(UnsafeValue):
        ring_order(replace(ORDER, channel_id=channel_id), CONFIG)


def test_value_with_a_comma_is_refused() -> None:
    """It would set a second variable."""
    with pytest.raises(UnsafeValue, match="PBXB_RECORDING"):
        ring_order(replace(ORDER, recording="/a,CALLERID(num)=0900"), CONFIG)


def test_errand_runs_our_context_on_a_local_channel() -> None:
    """Its near half idles: the context must run once, not on both halves."""
    order = errand("pbxb-report", "s", timedelta(seconds=60), {})

    assert order["Channel"] == "Local/s@pbxb-report/n"
    assert (order["Context"], order["Timeout"], order["Async"]) == ("pbxb-idle", "60000", "true")
