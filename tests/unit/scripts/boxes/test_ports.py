"""Port numbers of boxes that run side by side."""

import pytest
from boxes.faults import BoxError
from boxes.ports import OFFSETS, Ports


def test_boxes_side_by_side_share_no_port() -> None:
    """Ten boxes run at once without one port in common."""
    boxes = [Ports.at(offset) for offset in OFFSETS]

    used = [
        port
        for box in boxes
        for port in (
            *(box.pbx_sip, box.pstn_sip, box.pbx_ami, box.pstn_ami, box.agi),
            *box.pbx_rtp,
            *box.pstn_rtp,
        )
    ]

    assert len(used) == len(set(used))


def test_ports_stay_below_those_the_system_gives_away() -> None:
    """Linux gives away ports from 32768 on; none of ours may be among them."""
    assert Ports.at(OFFSETS.stop - 1).pstn_rtp.stop <= 32768


@pytest.mark.parametrize("offset", [-1, 10])
def test_a_wrong_offset_is_refused(offset: int) -> None:
    """The text names the option and what is allowed."""
    with pytest.raises(BoxError, match=r"--offset .* 0 to 9"):
        Ports.at(offset)
