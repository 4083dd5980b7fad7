"""The transcriber with its real worker, the real vosk and the test models."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from speech import Speaker, model

from pbx_bridge.adapters.asr.supervisor import Limits
from pbx_bridge.adapters.asr.transcriber import VoskTranscriber
from pbx_bridge.config import SpeechConfig
from pbx_bridge.core.case import Transcript
from pbx_bridge.errors import AudioError, TranscriberError, WorkerLost

pytestmark = pytest.mark.integration

HEADER_BYTES = 44

SETTLED_S = 0.8
"""A word stands in the partial result at the latest so much after its end (measured: 0.4)."""

LIMIT_S = 20
"""No test waits longer for anything."""


class Ear:
    """Collects growing transcripts and lets a test wait for words."""

    def __init__(self) -> None:
        self.heard: list[Transcript] = []
        self._grew = asyncio.Event()

    def __call__(self, transcript: Transcript) -> None:
        self.heard.append(transcript)
        self._grew.set()

    async def until(self, words: int) -> None:
        async with asyncio.timeout(LIMIT_S):
            while not self.heard or len(self.heard[-1].words) < words:
                self._grew.clear()
                await self._grew.wait()


async def change_of_worker(transcriber: VoskTranscriber, pid: int) -> None:
    """Wait until another worker than *pid* is ready."""
    async with asyncio.timeout(LIMIT_S):
        while transcriber.worker_pid in (0, pid):
            await transcriber.ready.wait()
            await asyncio.sleep(0)


@pytest.mark.parametrize("ending", [".wav", ".sln48", ".sln16"])
@pytest.mark.parametrize("language", ["de", "en", "pl", "ru"])
async def test_says_what_was_spoken(
    transcriber: VoskTranscriber, speaker: Speaker, language: str, ending: str
) -> None:
    """The words are right in each language, from the recording and from the wide live copy."""
    spoken = speaker.example(language, 3, ending)

    transcript = await transcriber.transcribe(spoken.path, language=language)

    assert transcript.text == spoken.text
    assert transcript.engine == f"vosk/testvoice-{language}"


async def test_word_times_count_from_the_start_of_the_recording(
    transcriber: VoskTranscriber, speaker: Speaker, tmp_path: Path
) -> None:
    """Behind a pause that ends a segment, times go on; they do not begin at zero again."""
    one, two = speaker.example("de", 1, ".sln"), speaker.example("de", 2, ".sln")
    first, pause = one.path.read_bytes(), bytes(2 * 8000 * 3)
    path = tmp_path / "both.sln"
    path.write_bytes(first + pause + two.path.read_bytes())

    transcript = await transcriber.transcribe(path, language="de")

    assert transcript.text == f"{one.text} {two.text}"
    second = transcript.words[len(one.text.split())]
    assert second.start_s > len(first + pause) / 16_000 - 0.1
    assert [word.start_s for word in transcript.words] == sorted(
        word.start_s for word in transcript.words
    )


async def test_reads_a_recording_whose_header_was_never_completed(
    transcriber: VoskTranscriber, speaker: Speaker, tmp_path: Path
) -> None:
    """Asterisk was killed: both sizes are zero, the audio is there."""
    spoken = speaker.example("de", 4)
    audio = bytearray(spoken.path.read_bytes())
    audio[4:8] = audio[40:44] = bytes(4)
    path = tmp_path / "killed.wav"
    path.write_bytes(audio)

    transcript = await transcriber.transcribe(path, language="de")

    assert transcript.text == spoken.text


@pytest.mark.parametrize(("ending", "header_bytes"), [(".wav", HEADER_BYTES), (".sln48", 0)])
async def test_hears_the_words_while_they_are_written(
    transcriber: VoskTranscriber, speaker: Speaker, tmp_path: Path, ending: str, header_bytes: int
) -> None:
    """The file does not exist at first and grows; each part is heard before the next is written."""
    spoken = speaker.example("de", 1, ending)
    whole = await transcriber.transcribe(spoken.path, language="de")
    audio, ear = spoken.path.read_bytes(), Ear()
    bytes_per_s = 16_000 if ending == ".wav" else 96_000
    path = tmp_path / f"growing{ending}"

    assert transcriber.listen("call-1", path, language="de", heard=ear)
    with path.open("wb", buffering=0) as file:
        for count in (3, 7, 11):
            end_s = whole.words[count - 1].end_s + SETTLED_S
            file.write(audio[file.tell() : header_bytes + int(end_s * bytes_per_s) + 1])
            await ear.until(count)
        file.write(audio[file.tell() :])
    transcript = await transcriber.finish("call-1")

    assert transcript.text == whole.text  # times may differ by a frame: other chunks
    assert ear.heard[0].words[0].text == whole.words[0].text
    assert len(ear.heard) >= 3
    with pytest.raises(TranscriberError, match="nobody listens"):
        await transcriber.finish("call-1")


async def test_calls_at_once_do_not_mix(transcriber: VoskTranscriber, speaker: Speaker) -> None:
    """Eight calls in four languages: each gets its own words."""
    spoken = {
        (language, number): speaker.example(language, number)
        for language in ("de", "en", "pl", "ru")
        for number in (5, 6)
    }
    for (language, number), each in spoken.items():
        assert transcriber.listen(
            f"{language}-{number}", each.path, language=language, heard=lambda _: None
        )

    refused = transcriber.listen("ninth", Path("x.wav"), language="de", heard=lambda _: None)
    texts = [(await transcriber.finish(f"{language}-{number}")).text for language, number in spoken]

    assert texts == [each.text for each in spoken.values()]
    assert not refused


async def test_whole_files_queue(transcriber: VoskTranscriber, speaker: Speaker) -> None:
    """Eight files asked for at once are all transcribed."""
    spoken = [speaker.example("de", number) for number in range(8)]

    transcripts = await asyncio.gather(
        *(transcriber.transcribe(each.path, language="de") for each in spoken)
    )

    assert [each.text for each in transcripts] == [each.text for each in spoken]


async def test_killed_worker_loses_its_job_and_is_replaced(
    transcriber: VoskTranscriber, speaker: Speaker, tmp_path: Path
) -> None:
    """`finish` says that the job is lost; the file can be transcribed by the next worker."""
    spoken, ear, pid = speaker.example("de", 1), Ear(), transcriber.worker_pid
    path = tmp_path / "call.wav"
    path.write_bytes(spoken.path.read_bytes())
    assert transcriber.listen("call-1", path, language="de", heard=ear)
    await ear.until(1)

    os.kill(pid, signal.SIGKILL)

    with pytest.raises(WorkerLost, match="signal 9"):
        await transcriber.finish("call-1")
    assert (await transcriber.transcribe(path, language="de")).text == spoken.text
    assert transcriber.worker_pid not in (0, pid)


async def test_transcribe_survives_the_death_of_one_worker(
    transcriber: VoskTranscriber, speaker: Speaker
) -> None:
    """The worker that has the job dies: the next one gets it, the caller notices nothing."""
    spoken, pid = speaker.example("de", 1), transcriber.worker_pid
    os.kill(pid, signal.SIGSTOP)  # it takes the job and does nothing with it
    job = asyncio.create_task(transcriber.transcribe(spoken.path, language="de"))

    await change_of_worker(transcriber, pid)

    assert (await job).text == spoken.text


async def test_hung_worker_is_noticed_and_replaced(transcriber: VoskTranscriber) -> None:
    """A frozen worker does not answer the ping: it is killed, another one takes over."""
    pid = transcriber.worker_pid
    os.kill(pid, signal.SIGSTOP)

    await change_of_worker(transcriber, pid)

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_stop_ends_a_frozen_worker(transcriber: VoskTranscriber) -> None:
    """Stopping the service never hangs, whatever state the worker is in."""
    pid = transcriber.worker_pid
    os.kill(pid, signal.SIGSTOP)

    async with asyncio.timeout(LIMIT_S):
        await transcriber.stop()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_service_goes_on_without_a_model(tmp_path: Path, speaker: Speaker) -> None:
    """A missing and a broken model: no transcript, the text says how to get one; German works."""
    broken = tmp_path / "broken"
    (broken / "am").mkdir(parents=True)
    (broken / "am" / "final.mdl").write_bytes(b"no model at all")
    models = {"de": model("de"), "pl": tmp_path / "missing", "en": broken}
    transcriber = VoskTranscriber(SpeechConfig(models=models), limits=Limits(backoff_s=(0.0,)))
    await transcriber.start()
    async with asyncio.timeout(LIMIT_S):
        await transcriber.ready.wait()
    spoken = speaker.example("de", 1)

    for language in ("pl", "en"):
        assert not transcriber.listen("c", spoken.path, language=language, heard=lambda _: None)
        with pytest.raises(TranscriberError, match=f"pbx-bridge model fetch {language}"):
            await transcriber.transcribe(spoken.path, language=language)
    assert (await transcriber.transcribe(spoken.path, language="de")).text == spoken.text
    await transcriber.stop()


async def test_bad_file_is_an_audio_error(transcriber: VoskTranscriber, tmp_path: Path) -> None:
    """The text names the file; no worker dies of it."""
    pid = transcriber.worker_pid
    path = tmp_path / "words.wav"
    path.write_text("these are no samples")

    with pytest.raises(AudioError, match=r"words\.wav"):
        await transcriber.transcribe(path, language="de")

    assert transcriber.worker_pid == pid


async def test_live_file_that_is_no_audio_ends_the_job(
    transcriber: VoskTranscriber, tmp_path: Path
) -> None:
    """`finish` raises what the port promises, not the file's own error."""
    path = tmp_path / "words.wav"
    path.write_text("these are no samples at all, at least 44 bytes")

    assert transcriber.listen("call-1", path, language="de", heard=lambda _: None)

    with pytest.raises(TranscriberError, match="RIFF"):
        await transcriber.finish("call-1")


async def test_big_worker_is_replaced_between_calls(speaker: Speaker) -> None:
    """Above the memory limit, and only when no call is heard, a fresh worker takes over."""
    config = SpeechConfig(models={"de": model("de")}, memory_limit_mb=1)
    transcriber = VoskTranscriber(
        config, limits=Limits(ping_every_s=0.02, growth=0.5, intolerable=9)
    )
    await transcriber.start()
    await transcriber.ready.wait()
    pid = transcriber.worker_pid

    await change_of_worker(transcriber, pid)

    spoken = speaker.example("de", 1)
    assert (await transcriber.transcribe(spoken.path, language="de")).text == spoken.text
    await transcriber.stop()
