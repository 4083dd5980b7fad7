"""SIP messages of the raw caller."""

from boxes.sip import Dialog, Reply, Request, parse

DIALOG = Dialog(
    to="4930555100",
    port=15060,
    local_port=4000,
    media_port=4002,
    from_header='"x" <sip:49%0d%0aEvil%3a%20yes@127.0.0.1>',
    call_id="raw-1",
)


def test_the_from_header_is_sent_as_it_is() -> None:
    """Nothing is escaped or checked: that is what this caller is for."""
    lines = DIALOG.request("INVITE", 1).decode().split("\r\n")

    assert 'From: "x" <sip:49%0d%0aEvil%3a%20yes@127.0.0.1>;tag=raw-1' in lines


def test_the_length_is_that_of_the_body() -> None:
    """An offer of A-law audio follows the INVITE."""
    head, _, body = DIALOG.request("INVITE", 1).decode().partition("\r\n\r\n")

    assert f"Content-Length: {len(body)}" in head
    assert "m=audio 4002 RTP/AVP 8\r\n" in body


def test_later_requests_name_the_other_side() -> None:
    """A BYE without the other side's tag would be refused."""
    assert b"To: <sip:4930555100@127.0.0.1>;tag=abc\r\n" in DIALOG.request("BYE", 2, "abc")


def test_an_answer() -> None:
    """Status, request, tag and the media port are found."""
    data = (
        b"SIP/2.0 200 OK\r\nFrom: <sip:a@b>;tag=mine\r\nTo: <sip:c@d>;tag=theirs\r\n"
        b"CSeq: 1 INVITE\r\n\r\nv=0\r\nm=audio 16002 RTP/AVP 8\r\n"
    )

    assert parse(data) == Reply(200, "INVITE", "theirs", 16002)


def test_an_answer_without_audio() -> None:
    """Port 0 means that the PBX names none."""
    assert parse(b"SIP/2.0 100 Trying\r\nCSeq: 1 INVITE\r\n\r\n") == Reply(100, "INVITE", "", 0)


def test_a_request_is_answered_with_its_own_headers() -> None:
    """The PBX recognises the answer to its BYE by them."""
    request = parse(b"BYE sip:x SIP/2.0\r\nVia: v\r\nCSeq: 5 BYE\r\nX: y\r\n\r\n")

    assert request == Request(
        "BYE", b"SIP/2.0 200 OK\r\nVia: v\r\nCSeq: 5 BYE\r\nContent-Length: 0\r\n\r\n"
    )
