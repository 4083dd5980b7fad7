"""Prompts rendered with the real espeak-ng and sox."""

import json
import os
import shutil
import subprocess
import wave
from itertools import pairwise
from pathlib import Path

import pytest
from configs import SMALLEST

from pbx_bridge.adapters.prompts import REQUIRED, missing, render
from pbx_bridge.config import Config, parse
from pbx_bridge.errors import PromptError

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def config() -> Config:
    """Return a firm that speaks one language, to render little."""
    return parse(SMALLEST.replace('language = "pl"\n', ""), source="f")


@pytest.fixture(scope="module")
def rendered(config: Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Render everything once; tests that change something work on a copy."""
    folder = tmp_path_factory.mktemp("rendered") / "prompts"
    strict = os.umask(0o077)
    done = render(config, folder)
    os.umask(strict)
    assert len(done.made) == len(REQUIRED) + 2
    return folder


@pytest.fixture
def folder(rendered: Path, tmp_path: Path) -> Path:
    """Return a copy of the rendered prompts."""
    return Path(shutil.copytree(rendered, tmp_path / "prompts"))


def test_render_makes_telephone_audio_in_two_formats(rendered: Path, config: Config) -> None:
    """Asterisk plays both without transcoding, and may read them."""
    for name in (*REQUIRED, "name-anna", "name-ben"):
        path = rendered / "de" / f"{name}.wav"
        with wave.open(str(path)) as sound:
            assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (
                8000,
                1,
                2,
            )
            assert 0.1 < sound.getnframes() / 8000 < 25
            assert path.with_suffix(".alaw").stat().st_size == sound.getnframes()
        assert path.stat().st_mode & 0o777 == path.with_suffix(".alaw").stat().st_mode & 0o777
        assert path.stat().st_mode & 0o777 == 0o644
        assert path.parent.stat().st_mode & path.parent.parent.stat().st_mode & 0o777 == 0o755
    assert missing(config, rendered) == []
    assert {file.suffix for file in (rendered / "de").iterdir()} == {".wav", ".alaw", ".json"}


def peak(path: Path) -> float:
    """Return the loudest sample of a WAV, 1 is full scale."""
    with wave.open(str(path)) as sound:
        samples = memoryview(sound.readframes(sound.getnframes())).cast("h")
    return max(abs(sample) for sample in samples) / 32768


@pytest.mark.parametrize("name", ["greeting", "digit-2", "ack-keys", "name-ben"])
def test_prompts_are_equally_loud(rendered: Path, name: str) -> None:
    """Minus three decibels at the peak, whatever the voice did."""
    assert peak(rendered / "de" / f"{name}.wav") == pytest.approx(0.708, abs=0.01)


def test_beep_is_a_short_tone(rendered: Path) -> None:
    """A quarter of a second, 1000 Hz, quieter than speech."""
    path = rendered / "de" / "beep.wav"
    with wave.open(str(path)) as sound:
        length = sound.getnframes()
        samples = memoryview(sound.readframes(length)).cast("h")

    crossings = sum(a < 0 <= b for a, b in pairwise(samples))

    assert length == 2000
    assert crossings == pytest.approx(250, abs=5)
    assert peak(path) == pytest.approx(0.355, abs=0.01)


def test_digits_follow_each_other_quickly(rendered: Path) -> None:
    """A telephone number is not read in slow motion."""
    for digit in range(10):
        with wave.open(str(rendered / "de" / f"digit-{digit}.wav")) as sound:
            assert sound.getnframes() / 8000 < 0.9


def test_render_again_makes_nothing(folder: Path, config: Config) -> None:
    """What has not changed is not touched, also not while calls are served."""
    before = {file: file.stat().st_mtime_ns for file in folder.rglob("*")}

    done = render(config, folder)

    assert done.made == ()
    assert {file: file.stat().st_mtime_ns for file in folder.rglob("*")} == before


def test_render_makes_only_what_changed_or_is_missing(folder: Path) -> None:
    """Another firm name changes the prompts that say it; a lost file comes back."""
    renamed = parse(
        SMALLEST.replace('language = "pl"\n', "").replace("Muster", "Meister"), source="f"
    )
    (folder / "de" / "beep.alaw").unlink()
    (folder / "de" / "goodbye.wav").write_bytes(b"")

    done = render(renamed, folder)

    firm = {
        "de/greeting",
        "de/ack-announce",
        "de/remind-announce",
        "de/check-announce",
        "de/call-in-pin",
    }
    assert set(done.made) == {*firm, "de/beep", "de/goodbye"}


def test_own_recording_wins_and_is_made_fit(folder: Path, config: Config) -> None:
    """The firm's own voice replaces ours, and ours returns when it is taken away."""
    own = folder / "de" / "custom" / "greeting.wav"
    own.parent.mkdir()
    studio = ["sox", "-D", "-n", "-r", "44100", "-c", "2", str(own), "synth", "1.5", "sine", "300"]
    subprocess.run(studio, check=True, timeout=10)

    with_own = render(config, folder)
    with wave.open(str(folder / "de" / "greeting.wav")) as sound:
        adopted = (sound.getframerate(), sound.getnchannels(), sound.getnframes())
    own.unlink()
    without = render(config, folder)

    assert with_own.made == without.made == ("de/greeting",)
    assert adopted == (8000, 1, 12000)


def test_own_recording_that_is_no_audio_is_named(folder: Path, config: Config) -> None:
    """The error says which program refused, and the old prompt stays."""
    own = folder / "de" / "custom" / "greeting.wav"
    own.parent.mkdir()
    own.write_bytes(b"MP3 renamed to wav")
    before = (folder / "de" / "greeting.wav").read_bytes()

    with pytest.raises(PromptError, match=r"custom/greeting\.wav"):
        render(config, folder)

    assert (folder / "de" / "greeting.wav").read_bytes() == before


def test_missing_names_each_prompt_without_a_sound(folder: Path, config: Config) -> None:
    """Both files must be there: Asterisk picks one by the caller's codec."""
    (folder / "de" / "greeting.wav").unlink()
    (folder / "de" / "beep.alaw").unlink()

    assert sorted(missing(config, folder)) == ["de/beep", "de/greeting"]


def test_damaged_memory_of_what_was_made_only_costs_time(folder: Path, config: Config) -> None:
    """A file that a crash left half written does not stop anything."""
    memory = folder / "de" / ".rendered.json"
    digests = json.loads(memory.read_bytes())
    memory.write_text(json.dumps(digests)[:40], encoding="utf-8")

    done = render(config, folder)

    assert len(done.made) == len(digests)


def test_without_espeak_the_remedy_is_named(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person who installs learns what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(PromptError, match="espeak-ng is not installed; apt-get install espeak-ng"):
        render(config, tmp_path / "prompts")


def test_program_that_fails_leaves_nothing_behind(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A half-made prompt would be half a sentence at night."""
    fake = tmp_path / "bin" / "espeak-ng"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\necho no such voice >&2\nexit 3\n", encoding="utf-8")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")

    with pytest.raises(PromptError, match="espeak-ng failed: no such voice"):
        render(config, tmp_path / "prompts")

    assert list((tmp_path / "prompts" / "de").iterdir()) == []


def test_folder_that_cannot_be_written_is_a_clear_error(config: Config, tmp_path: Path) -> None:
    """A wrong owner or a file in the way is named."""
    (tmp_path / "de").write_bytes(b"")

    with pytest.raises(PromptError, match="cannot write prompts"):
        render(config, tmp_path)
