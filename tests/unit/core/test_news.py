"""What is personal can be taken out of the news."""

from dataclasses import replace

import pytest
from fakes import ELEVEN_AT_NIGHT

from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.core.news import CaseFacts, News

CASE = CaseFacts(
    case_id="1001",
    arrived_at=ELEVEN_AT_NIGHT,
    urgency="urgent",
    category="water",
    message_s=4.0,
    recording="/spool/1",
    caller_number="+4930123456",
    transcript="rohrbruch",
)
NEWS = News(key="k", topic=Topic.NEW_CASE, at=ELEVEN_AT_NIGHT, case=CASE)


@pytest.mark.parametrize("number", [True, False])
@pytest.mark.parametrize("transcript", [True, False])
def test_without_takes_out_what_is_named_and_nothing_else(number: bool, transcript: bool) -> None:
    """Each by itself."""
    left = NEWS.without(number=number, transcript=transcript)

    assert left.case == replace(
        CASE,
        caller_number=None if number else "+4930123456",
        transcript=None if transcript else "rohrbruch",
    )


def test_news_about_no_case_has_nothing_to_take_out() -> None:
    """A gap names nobody."""
    bare = replace(NEWS, case=None)

    assert bare.without(number=True, transcript=True) == bare
