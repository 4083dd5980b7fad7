"""A file followed while it is written; the reader runs in a thread, as in the worker."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from pbx_bridge.adapters.asr.tail import Tail
from pbx_bridge.errors import AudioError
from pbx_bridge.wire.wav import repaired_header

HEAD = bytes.fromhex(
    "524946460000000057415645666d74201000000001000100401f0000803e0000020010006461746100000000"
)
"""Asterisk's header of an 8 kHz recording, sizes not written yet."""

LIMIT_S = 10


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    """Return the thread that reads."""
    with ThreadPoolExecutor(1) as executor:
        yield executor


def chunks(tail: Tail) -> Iterator[bytes]:
    """Open and read; ``b""`` whenever the tail waits for more."""
    opened = tail.open()
    if opened is not None:
        file, samples = opened
        with file:
            yield from tail.chunks(file, samples)


def read_all(tail: Tail) -> bytes:
    """Read until the tail ends."""
    return b"".join(chunks(tail))


def make(path: Path) -> Tail:
    """Return a tail that polls often."""
    return Tail(path, poll_s=0.001)


def result(future: Future[bytes]) -> bytes:
    """Return what the thread read."""
    return future.result(LIMIT_S)


@pytest.mark.parametrize(("name", "head"), [("a.wav", HEAD), ("a.sln48", b"")])
def test_file_may_come_later_and_grow_byte_by_byte(
    tmp_path: Path, thread: ThreadPoolExecutor, name: str, head: bytes
) -> None:
    """Header and samples in any pieces: the samples come out whole, in order, nothing else."""
    tail = make(tmp_path / name)
    future = thread.submit(read_all, tail)

    with (tmp_path / name).open("wb", buffering=0) as file:
        for byte in head + bytes(range(200)):
            file.write(bytes([byte]))
    tail.finish()

    assert result(future) == bytes(range(200))


def test_half_a_sample_waits_for_its_other_half(tmp_path: Path) -> None:
    """Vosk would take an odd chunk and be off by one byte from then on: noise, no error."""
    path = tmp_path / "a.sln"
    path.write_bytes(b"abc")
    tail = make(path)
    reading = chunks(tail)

    first = next(reading)
    with path.open("ab") as file:
        file.write(b"defg")
    second = next(reading)
    tail.finish()

    assert (first, second) == (b"ab", b"cdef")
    assert b"".join(reading) == b""  # the lone last byte is no sample


def test_waiting_is_told(tmp_path: Path) -> None:
    """An empty chunk lets the job report what it had kept back."""
    path = tmp_path / "a.sln"
    path.write_bytes(b"ab")
    reading = chunks(make(path))

    assert [next(reading), next(reading), next(reading)] == [b"ab", b"", b""]


def test_chunks_are_short(tmp_path: Path) -> None:
    """A backlog is decoded in steps of 0.2 s, so that words are told on the way."""
    path = tmp_path / "a.sln"
    path.write_bytes(bytes(16_000))

    assert [len(chunk) for chunk in chunks(Tail.whole(path))] == [3_200] * 5


def test_whole_file_ends_where_its_header_says(tmp_path: Path) -> None:
    """What an editor wrote behind the samples is not speech."""
    path = tmp_path / "a.wav"
    path.write_bytes(repaired_header(HEAD, 48) + b"abcd" + b"LIST\0\0\0\0")

    assert read_all(Tail.whole(path)) == b"abcd"


def test_growing_file_does_not_believe_its_header(tmp_path: Path) -> None:
    """Appending to a recording leaves the old size in the header until the end."""
    path = tmp_path / "a.wav"
    path.write_bytes(repaired_header(HEAD, 48) + b"abcd" + b"efgh")
    tail = make(path)
    tail.finish()

    assert read_all(tail) == b"abcdefgh"


@pytest.mark.parametrize(
    ("content", "text"),
    [(None, "no such file"), (HEAD[:43], "43 bytes are no whole"), (b"RIFX" + HEAD, "no WAV")],
)
def test_finished_without_a_recording_is_an_error(
    tmp_path: Path, content: bytes | None, text: str
) -> None:
    """The caller hung up before anything was written, or something else was."""
    path = tmp_path / "a.wav"
    if content is not None:
        path.write_bytes(content)
    tail = make(path)
    tail.finish()

    with pytest.raises(AudioError, match=rf"a\.wav: .*{text}"):
        read_all(tail)


def test_folder_is_an_error_at_once(tmp_path: Path) -> None:
    """What can never be read is not waited for."""
    with pytest.raises(AudioError, match="Is a directory"):
        read_all(make(tmp_path))


def test_cut_silence_ends_a_recording_that_was_read_further(tmp_path: Path) -> None:
    """Asterisk cuts the silence off when it ends a recording; what was heard of it is no harm."""
    path = tmp_path / "a.sln"
    path.write_bytes(b"abcdef")
    tail = make(path)
    reading = chunks(tail)

    assert next(reading) == b"abcdef"
    path.write_bytes(b"ab")
    assert next(reading) == b""
    tail.finish()

    assert list(reading) == []


def test_removed_file_is_read_to_its_end_first(tmp_path: Path) -> None:
    """Then it is an error: nobody can tell whether more was to come."""
    path = tmp_path / "a.sln"
    path.write_bytes(b"abcd")
    reading = chunks(make(path))

    assert next(reading) == b"abcd"
    path.unlink()

    with pytest.raises(AudioError, match="was removed"):
        next(reading)


def test_file_removed_after_finish_is_whole(tmp_path: Path) -> None:
    """The live copy is deleted as soon as nobody needs it; what was open is still read."""
    path = tmp_path / "a.sln"
    path.write_bytes(b"abcd")
    tail = make(path)
    reading = chunks(tail)
    first = next(reading)

    tail.finish()
    path.unlink()

    assert first + b"".join(reading) == b"abcd"


@pytest.mark.parametrize("content", [None, HEAD[:20], HEAD + b"ab"])
def test_dropped_tail_ends_quietly(
    tmp_path: Path, thread: ThreadPoolExecutor, content: bytes | None
) -> None:
    """Whether it waits for the file, for its header or for more of it."""
    path = tmp_path / "a.wav"
    if content is not None:
        path.write_bytes(content)
    tail = make(path)
    future = thread.submit(read_all, tail)

    tail.drop()

    assert result(future) in (b"", b"ab")
