"""Recordings on a real disk."""

import errno
import os
import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pbx_bridge.adapters.recordings import FileRecordings
from pbx_bridge.errors import AudioError, UnsafeValue

pytestmark = pytest.mark.integration

SECOND = b"\0\0" * 8_000

EVER = datetime.fromtimestamp(0, UTC)


def wav(seconds: int, *, sizes: bool = True) -> bytes:
    """Return what Asterisk writes: 44 bytes, then 8 kHz int16; without *sizes* it was killed."""
    audio = SECOND * seconds
    data = len(audio) if sizes else 0
    head = struct.pack(
        "<4sI4s4sIHHIIHH", b"RIFF", data + 36, b"WAVE", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16
    )
    return head + struct.pack("<4sI", b"data", data) + audio


@pytest.fixture
def recordings(tmp_path: Path) -> FileRecordings:
    """Return recordings in folders that exist."""
    (tmp_path / "spool").mkdir()
    return FileRecordings(tmp_path / "spool", tmp_path / "live")


@pytest.mark.parametrize("name", ["1768.5", "pbx-1768.5", "a_B-9.wav"])
def test_path_is_below_the_folder(recordings: FileRecordings, tmp_path: Path, name: str) -> None:
    """A name and a whole path mean the same file."""
    expected = tmp_path / "spool" / f"{name}.wav"

    assert recordings.path(name) == expected
    assert recordings.path(str(tmp_path / "spool" / name)) == expected


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../x", "a/b", "/etc/passwd", "a\0b", "a b", ".x", "a\n", "ä", "x" * 300],
)
def test_path_refuses_what_is_no_name_of_ours(recordings: FileRecordings, name: str) -> None:
    """Whatever a caller sends, no other file is read."""
    with pytest.raises(UnsafeValue):
        recordings.path(name)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (wav(3), 3.0),
        (wav(3, sizes=False), 3.0),
        (wav(0), 0.0),
        (b"", 0.0),
        (b"RIFF", 0.0),
        (b"garbage" * 10, (70 - 44) / 16_000),
        (wav(2) + b"LISTxxxx", 2.0),
    ],
)
def test_message_s_measures_whole_broken_and_empty_files(
    recordings: FileRecordings, content: bytes, expected: float
) -> None:
    """An Asterisk that was killed leaves sizes of zero; the audio is still there."""
    recordings.path("1.1").write_bytes(content)

    assert recordings.message_s("1.1") == pytest.approx(expected)


def test_message_s_of_no_file_is_zero(recordings: FileRecordings) -> None:
    """A caller who hung up before the beep left nothing."""
    assert recordings.message_s("1.1") == 0.0


def test_live_path_is_in_a_folder_made_for_it(recordings: FileRecordings, tmp_path: Path) -> None:
    """The folder in memory is gone after every boot."""
    path = recordings.live_path("1.1")

    assert path == tmp_path / "live" / "1.1.sln48"
    assert (tmp_path / "live").is_dir()


def test_live_path_is_none_without_folder_or_room(
    recordings: FileRecordings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full memory file system costs the live transcript, never the call."""
    monkeypatch.setattr("pbx_bridge.adapters.recordings.LIVE_ROOM_BYTES", 2**62)

    assert recordings.live_path("1.1") is None
    assert FileRecordings(tmp_path, None).live_path("1.1") is None
    assert FileRecordings(tmp_path, tmp_path / "no" / "live").live_path("1.1") is None


def test_live_path_trusts_no_folder_that_strangers_made(tmp_path: Path) -> None:
    """Everybody may write to /dev/shm: a link or an open folder there is not ours."""
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")

    assert FileRecordings(tmp_path, tmp_path / "open").live_path("1.1") is None
    assert FileRecordings(tmp_path, tmp_path / "link").live_path("1.1") is None


def test_drop_live_deletes_once_and_again(recordings: FileRecordings) -> None:
    """Dropping what is gone is no error."""
    path = recordings.live_path("1.1")
    assert path is not None
    path.write_bytes(b"x")

    recordings.drop_live("1.1")
    recordings.drop_live("1.1")

    assert not path.exists()


@pytest.mark.parametrize("call_id", ["../../etc/passwd", "a/b", "", "..", "a\0"])
def test_live_copies_stay_in_their_folder(recordings: FileRecordings, call_id: str) -> None:
    """Nothing else is ever deleted."""
    with pytest.raises(UnsafeValue):
        recordings.drop_live(call_id)
    with pytest.raises(UnsafeValue):
        recordings.live_path(call_id)


@pytest.mark.parametrize("sizes", [True, False])
def test_excerpt_is_a_whole_sound_of_what_is_there(
    recordings: FileRecordings, tmp_path: Path, sizes: bool
) -> None:
    """A growing recording says length 0; the part says its own."""
    audio = b"\1\2" * 16_000 + b"\3\4" * 8_000
    head = wav(3, sizes=sizes)[:44]
    (tmp_path / "spool" / "7.wav").write_bytes(head + audio + b"\5" * (not sizes))

    part = recordings.excerpt("7", 2.0)
    written = Path(part.sound + ".wav").read_bytes()
    recordings.drop_excerpt(part)

    assert written == wav(1)[:44] + audio[32_000:]
    assert part.until_s == 3.0
    assert list((tmp_path / "live").iterdir()) == []


def test_excerpt_of_nothing_new_is_none(recordings: FileRecordings, tmp_path: Path) -> None:
    """Neither of a file that is not there, nor beyond its end."""
    (tmp_path / "spool" / "7.wav").write_bytes(wav(1))

    assert recordings.excerpt("7", 1.0) is None
    assert recordings.excerpt("8", 0.0) is None


def test_excerpt_without_live_folder_is_never_taken_for_a_recording(tmp_path: Path) -> None:
    """It lies beside the recordings, and opens no case."""
    recordings = FileRecordings(tmp_path, None)
    (tmp_path / "7.wav").write_bytes(wav(1))

    part = recordings.excerpt("7", 0.0)

    assert Path(part.sound).parent == tmp_path
    assert recordings.unknown(lambda _: False, EVER) == ["7"]


def test_notes_are_those_last_written_to_in_between(
    recordings: FileRecordings, tmp_path: Path
) -> None:
    """What is still being spoken, or long ago, or no note, is left out; oldest first."""
    names = {"7.note-2": 60, "7.note-1": 50, "8.note-1": 99, "9.note-1": 10, "7": 55}
    for name, at in names.items():
        file = tmp_path / "spool" / f"{name}.wav"
        file.touch()
        os.utime(file, (at, at))
    since, until = (datetime.fromtimestamp(at, UTC) for at in (50, 60))

    assert recordings.notes(since, until) == ["7.note-1", "7.note-2"]


def test_excerpts_that_were_left_are_swept_and_nothing_else(
    recordings: FileRecordings, tmp_path: Path
) -> None:
    """From both folders; names that only look like ours belong to somebody else."""
    spool, live = tmp_path / "spool", tmp_path / "live"
    (spool / "7.wav").write_bytes(wav(3))
    ours = [recordings.excerpt("7", 0.0), FileRecordings(spool, None).excerpt("7", 0.0)]
    others = [
        live / "7.sln48",
        live / ".part-7-0123abcd.wav.bak",
        live / ".part-.wav",
        live / "part-7-0123abcd.wav",
        spool / ".doctor-0123abcd",
    ]
    for file in others:
        file.touch()

    recordings.drop_excerpts()

    assert {Path(one.sound).parent for one in ours} == {spool, live}
    assert sorted([*spool.iterdir(), *live.iterdir()]) == sorted([*others, spool / "7.wav"])


def test_folder_that_is_not_there_is_swept_in_peace(tmp_path: Path) -> None:
    """The service starts all the same."""
    FileRecordings(tmp_path / "gone", None).drop_excerpts()

    assert list(tmp_path.iterdir()) == []


def test_excerpt_that_cannot_be_written_is_a_clear_error(
    recordings: FileRecordings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The technician then hears a sentence less."""
    (tmp_path / "spool" / "7.wav").write_bytes(wav(1))

    def full(_: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)

    with pytest.raises(AudioError, match="No space left on device"):
        recordings.excerpt("7", 0.0)


def test_unknown_are_the_recordings_nobody_knows_oldest_first(
    recordings: FileRecordings, tmp_path: Path
) -> None:
    """After a crash each message that has no case gets one, in the order they came."""
    for age, name in enumerate([*(f"{n}.wav" for n in "3162540"), "known.wav", "x.txt", "a b.wav"]):
        file = tmp_path / "spool" / name
        file.write_bytes(b"")
        os.utime(file, (1_000 - age, 1_000 - age))
    (tmp_path / "spool" / "folder.wav").mkdir()

    assert recordings.unknown(lambda call_id: call_id == "known", EVER) == list("0452613")


def test_spoken_note_is_no_unknown_call(recordings: FileRecordings, tmp_path: Path) -> None:
    """A technician's note beside a recording must not wake the whole firm."""
    for name in ("1768.1.wav", "1768.1.note-1.wav", "1768.1.note-12.wav"):
        (tmp_path / "spool" / name).write_bytes(b"")

    assert recordings.unknown(lambda _: False, EVER) == ["1768.1"]


def test_unknown_leaves_old_recordings_alone(recordings: FileRecordings, tmp_path: Path) -> None:
    """A database that was lost must not wake the whole firm for last year's calls."""
    for age, name in ((0, "new.wav"), (1, "limit.wav"), (2, "old.wav")):
        file = tmp_path / "spool" / name
        file.write_bytes(b"")
        os.utime(file, (1_000 - age, 1_000 - age))

    found = recordings.unknown(lambda _: False, datetime.fromtimestamp(999, UTC))

    assert found == ["limit", "new"]


def test_unknown_without_a_folder_is_a_clear_error(tmp_path: Path) -> None:
    """A spool that is not there loses every message: it must be said."""
    with pytest.raises(AudioError, match="cannot be read"):
        FileRecordings(tmp_path / "missing", None).unknown(lambda _: False, EVER)
