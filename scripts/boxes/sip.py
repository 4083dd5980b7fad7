"""The SIP messages of a raw caller: bytes to values and back, nothing is checked or escaped."""

import re
import uuid
from dataclasses import dataclass

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the PBX."""

    status: int
    method: str
    """Of the request that it answers."""
    to_tag: str
    media_port: int
    """Where the PBX wants our audio, 0 when it does not say."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request of the PBX."""

    method: str
    ok: bytes
    """The answer `200 OK` to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialog:
    """What stays the same in all messages of one call."""

    to: str
    port: int
    """The PBX's SIP port."""
    local_port: int
    media_port: int
    from_header: str
    """Value of the From header without a tag, sent as it is."""
    call_id: str

    def request(self, method: str, number: int, to_tag: str = "") -> bytes:
        """Return a request; *number* goes into CSeq."""
        body = self._offer() if method == "INVITE" else ""
        to = f"<sip:{self.to}@{HOST}>" + (f";tag={to_tag}" if to_tag else "")
        via = f"SIP/2.0/UDP {HOST}:{self.local_port};branch=z9hG4bK{uuid.uuid4().hex};rport"
        lines = [
            f"{method} sip:{self.to}@{HOST}:{self.port} SIP/2.0",
            f"Via: {via}",
            "Max-Forwards: 70",
            f"From: {self.from_header};tag={self.call_id}",
            f"To: {to}",
            f"Call-ID: {self.call_id}@box",
            f"CSeq: {number} {method}",
            f"Contact: <sip:box@{HOST}:{self.local_port}>",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        # surrogateescape: a command line argument may hold any bytes, and so may the header
        return ("\r\n".join(lines) + f"\r\n\r\n{body}").encode(errors="surrogateescape")

    def _offer(self) -> str:
        lines = (
            "v=0",
            f"o=- 1 1 IN IP4 {HOST}",
            "s=-",
            f"c=IN IP4 {HOST}",
            "t=0 0",
            f"m=audio {self.media_port} RTP/AVP 8",
            "a=rtpmap:8 PCMA/8000",
            "a=ptime:20",
        )
        return "".join(f"{line}\r\n" for line in lines)


def parse(data: bytes) -> Reply | Request:
    """Return what a datagram of the PBX says."""
    text = data.decode("utf-8", "replace")
    first = text.partition("\r\n")[0]
    if not first.startswith("SIP/2.0 "):
        kept = re.findall(r"^(?:Via|From|To|Call-ID|CSeq):.*\r\n", text, re.MULTILINE)
        ok = f"SIP/2.0 200 OK\r\n{''.join(kept)}Content-Length: 0\r\n\r\n"
        return Request(first.partition(" ")[0], ok.encode())
    method = re.search(r"^CSeq: *\d+ (\w+)", text, re.MULTILINE)
    tag = re.search(r"^To:.*;tag=([^\r\n;]+)", text, re.MULTILINE)
    media = re.search(r"^m=audio (\d+)", text, re.MULTILINE)
    return Reply(
        status=int(first.split()[1]),
        method=method[1] if method else "",
        to_tag=tag[1] if tag else "",
        media_port=int(media[1]) if media else 0,
    )
