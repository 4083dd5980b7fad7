"""Makes one sound with espeak-ng and sox; both get their arguments as a list, never a shell."""

import subprocess
from pathlib import Path

from pbx_bridge.adapters.prompts.texts import Prompt, Tone
from pbx_bridge.errors import PromptError

PEAK_DB = "-3"
"""Peak of every prompt; espeak-ng then has -18 to -24 dB RMS (sox stats), as loud as a voice."""

LIMIT_S = 30
"""A prompt takes some 50 ms; a program that needs this long hangs."""

_TRIM = ("silence", "1", "0.01", "0.3%", "reverse", "silence", "1", "0.01", "0.3%", "reverse")
"""espeak-ng ends in half a second of silence: too long between the digits of a number."""

_TELEPHONE = ("-r", "8000", "-c", "1", "-b", "16", "-e", "signed-integer")


def speak(prompt: Prompt, wav: Path) -> None:
    """Write *prompt* as 8 kHz mono WAV."""
    if prompt.tone:
        _sound_tone(prompt.tone, wav)
        return
    spoken = wav.with_suffix(".spoken.wav")
    command = ["espeak-ng", "-v", prompt.voice, "-s", str(prompt.speed_wpm)]
    _run([*command, "--stdin", "-w", str(spoken)], text=prompt.text)
    _run(["sox", "-D", "-V1", str(spoken), *_TELEPHONE, str(wav), *_TRIM, "pad", "0.02", "0.08"])
    _level(wav)
    spoken.unlink()


def adopt(recording: Path, wav: Path) -> None:
    """Write the firm's own *recording* as 8 kHz mono WAV."""
    _run(["sox", "-D", "-V1", str(recording), *_TELEPHONE, str(wav)])
    _level(wav)


def to_alaw(wav: Path, alaw: Path) -> None:
    """Write a WAV as raw A-law, which Asterisk sends to most trunks as it is."""
    _run(["sox", "-D", "-V1", str(wav), "-t", "al", str(alaw)])


def _sound_tone(tone: Tone, wav: Path) -> None:
    fade_s = "0.01"
    synth = ["synth", str(tone.length_s), "sine", str(tone.hz), "fade", fade_s, "0", fade_s]
    _run(["sox", "-D", "-V1", "-n", *_TELEPHONE, str(wav), *synth, "norm", "-9"])


def _level(wav: Path) -> None:
    """Bring the peak of *wav* to `PEAK_DB`, after the change of rate, which moves peaks."""
    levelled = wav.with_suffix(".levelled.wav")
    _run(["sox", "-D", "-V1", str(wav), str(levelled), "norm", PEAK_DB])
    levelled.replace(wav)


def _run(command: list[str], text: str = "") -> None:
    program = command[0]
    try:
        done = subprocess.run(  # noqa: S603 - a list, our own programs, texts through stdin
            command, input=text.encode(), capture_output=True, timeout=LIMIT_S, check=False
        )
    except FileNotFoundError as exc:
        raise PromptError(f"{program} is not installed; apt-get install espeak-ng sox") from exc
    except subprocess.TimeoutExpired as exc:
        raise PromptError(f"{program} did not end within {LIMIT_S} s; try it by hand") from exc
    except OSError as exc:
        raise PromptError(f"{program} cannot be started ({exc.strerror})") from exc
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise PromptError(f"{program} failed: {reason[-1]}")
