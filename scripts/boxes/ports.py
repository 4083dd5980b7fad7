"""Which port numbers a box uses, so that several boxes and a user's own Asterisk get along."""

from dataclasses import dataclass

from boxes.faults import BoxError

OFFSETS = range(10)
"""Ten boxes at once; an eleventh one's SIP ports would run into the RTP ports of the first."""

_RTP_FIRST = 16000
_RTP_WIDTH = 800
"""Two per call leg, so 400 legs for each Asterisk; all end below Linux's ephemeral ports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Port numbers of one box; everything listens on 127.0.0.1 only."""

    pbx_sip: int
    pstn_sip: int
    pbx_ami: int
    pstn_ami: int
    agi: int
    """Nothing of the box listens here: it is kept free for the box's own pbx-bridge."""
    pbx_rtp: range
    pstn_rtp: range

    @classmethod
    def at(cls, offset: int) -> "Ports":
        """
        Return the ports of the box with number *offset*.

        Raises:
            BoxError: *offset* is not one of `OFFSETS`.
        """
        if offset not in OFFSETS:
            raise BoxError(
                f"--offset {offset}: use {OFFSETS.start} to {OFFSETS.stop - 1}, one for each box"
            )
        step = offset * 100
        rtp = _RTP_FIRST + offset * 2 * _RTP_WIDTH
        return cls(
            pbx_sip=15060 + step,
            pstn_sip=15070 + step,
            pbx_ami=15038 + step,
            pstn_ami=15039 + step,
            agi=14573 + step,
            pbx_rtp=range(rtp, rtp + _RTP_WIDTH),
            pstn_rtp=range(rtp + _RTP_WIDTH, rtp + 2 * _RTP_WIDTH),
        )

    @property
    def fixed(self) -> tuple[int, ...]:
        """Every single port, without the ranges for audio."""
        return (self.pbx_sip, self.pstn_sip, self.pbx_ami, self.pstn_ami, self.agi)

    def ami(self, instance: str) -> int:
        """Return the AMI port of *instance* (`pbx` or `pstn`)."""
        return self.pbx_ami if instance == "pbx" else self.pstn_ami

    def sip(self, instance: str) -> int:
        """Return the SIP port (UDP) of *instance* (`pbx` or `pstn`)."""
        return self.pbx_sip if instance == "pbx" else self.pstn_sip
