"""Archives that are hostile in one way each; nothing may be written outside."""

import hashlib
import stat
import zipfile
from pathlib import Path

import pytest
from archives import FILES, TOP, member, packed, write

from pbx_bridge.adapters.models.unpack import UnpackLimits, unpack
from pbx_bridge.errors import ModelError

LIMITS = UnpackLimits()


def changed(content: bytes, place: int) -> bytes:
    """Return *content* with one byte changed."""
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]


def attempt(tmp_path: Path, content: bytes, limits: UnpackLimits = LIMITS) -> list[str]:
    """Unpack *content* into an empty folder; return the paths it says it wrote."""
    into = tmp_path / "into"
    into.mkdir()
    return [file.path for file in unpack(write(tmp_path, content), into, top=TOP, limits=limits)]


def test_files_are_written_and_recorded(tmp_path: Path) -> None:
    """Below the archive's own folder, with size and hash of what was written."""
    into = tmp_path / "into"
    into.mkdir()

    files = unpack(write(tmp_path, packed()), into, top=TOP)

    assert (into / "am" / "final.mdl").read_bytes() == FILES[f"{TOP}/am/final.mdl"]
    assert {file.path: file.size_bytes for file in files} == {"am/final.mdl": 700, "README": 7}
    assert files[1].sha256 == hashlib.sha256(b"a model").hexdigest()
    assert stat.S_IMODE((into / "README").stat().st_mode) & 0o111 == 0


@pytest.mark.parametrize(
    ("info", "text"),
    [
        (member(f"{TOP}/../../evil"), "unsafe name"),
        (member("../evil"), "unsafe name"),
        (member("/etc/evil"), "unsafe name"),
        (member(f"{TOP}\\..\\evil"), "unsafe name"),
        (member(f"{TOP}/a\nb"), "unsafe name"),
        (member("other/evil"), "outside of its folder"),
        (member("evil"), "outside of its folder"),
        (member(f"{TOP}/link", stat.S_IFLNK | 0o777), "neither a file nor a folder"),
        (member(f"{TOP}/null", stat.S_IFCHR | 0o666), "neither a file nor a folder"),
        (member(f"{TOP}/pipe", stat.S_IFIFO | 0o666), "neither a file nor a folder"),
    ],
)
def test_hostile_member_stops_it_before_a_byte_is_written(
    tmp_path: Path, info: zipfile.ZipInfo, text: str
) -> None:
    """Traversal, absolute, another folder, links and devices: the good members are not written."""
    content = packed({**FILES, info: b"/etc/passwd"})

    with pytest.raises(ModelError, match=text):
        attempt(tmp_path, content)

    assert list((tmp_path / "into").iterdir()) == []
    assert not (tmp_path / "evil").exists()


def test_nul_in_a_name_is_refused(tmp_path: Path) -> None:
    """Python's zipfile would cut the name there and write something else."""
    content = packed({f"{TOP}/a_b": b"x"}).replace(b"a_b", b"a\0b")

    with pytest.raises(ModelError, match="unsafe name"):
        attempt(tmp_path, content)


def test_bomb_is_stopped_by_what_it_unpacks_to(tmp_path: Path) -> None:
    """A real model unpacks to less than ten times its archive."""
    content = packed({f"{TOP}/zeros": bytes(10_000_000)})

    with pytest.raises(ModelError, match="more than any model"):
        attempt(tmp_path, content)


def test_bomb_in_many_files_is_stopped_too(tmp_path: Path) -> None:
    """The limit is one for all files together."""
    content = packed({f"{TOP}/{number}": bytes(2_000) for number in range(90)})

    with pytest.raises(ModelError, match="more than any model"):
        attempt(tmp_path, content, UnpackLimits(ratio=5))


def test_claimed_size_is_not_believed(tmp_path: Path) -> None:
    """The directory says 1 byte, the file holds more."""
    claimed = (10_000_000).to_bytes(4, "little")
    content = packed({f"{TOP}/zeros": bytes(10_000_000)}).replace(claimed, b"\1\0\0\0")

    with pytest.raises(ModelError):
        attempt(tmp_path, content)

    assert sum(path.stat().st_size for path in (tmp_path / "into").rglob("*")) <= 1


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    """Inodes are finite as well."""
    content = packed({f"{TOP}/{number}": b"" for number in range(11)})

    with pytest.raises(ModelError, match="11 members"):
        attempt(tmp_path, content, UnpackLimits(members=10))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_same_file_twice_is_refused(tmp_path: Path) -> None:
    """The second would not be what was checked."""
    content = packed({member(f"{TOP}/a"): b"one", member(f"{TOP}/a"): b"two"})

    with pytest.raises(ModelError, match="twice"):
        attempt(tmp_path, content)


def test_encrypted_member_is_refused(tmp_path: Path) -> None:
    """Before anything asks for a password."""
    content = bytearray(packed({f"{TOP}/a": b"x"}))
    content[content.index(b"PK\1\2") + 8] |= 1

    with pytest.raises(ModelError, match="unusual way"):
        attempt(tmp_path, bytes(content))


def test_exotic_compression_is_refused(tmp_path: Path) -> None:
    """Its decoder is not needed."""
    info = member(f"{TOP}/a")
    info.compress_type = zipfile.ZIP_LZMA

    with pytest.raises(ModelError, match="unusual way"):
        attempt(tmp_path, packed({info: b"x"}))


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive", packed()[:-30], changed(packed(), 65)],
)
def test_damaged_archive_is_our_error(tmp_path: Path, content: bytes) -> None:
    """Cut off, changed, or something else altogether."""
    with pytest.raises(ModelError):
        attempt(tmp_path, content)


def test_archive_of_folders_only_is_no_model(tmp_path: Path) -> None:
    """Nothing in it: nothing to load."""
    with pytest.raises(ModelError, match="nothing in it"):
        attempt(tmp_path, packed({f"{TOP}/": b""}))
