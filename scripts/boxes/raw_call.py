"""
A caller that speaks SIP and RTP himself, to send what no decent carrier would.

He rings the PBX directly; the carrier's events do not mention him.
"""

import contextlib
import itertools
import socket
import struct
import threading
import time
import uuid
import wave
from collections.abc import Iterator

from boxes import alaw, sip, speech, tones
from boxes.beep import BeepEar
from boxes.faults import BoxError
from boxes.folders import Home
from boxes.ports import Ports
from boxes.progress import Progress
from boxes.report import CallReport
from boxes.spec import CallSpec

_FRAME = tones.RATE_HZ // 50
_FRAME_S = 0.02
_SILENCE = bytes([alaw.SILENCE]) * _FRAME
_CAUSES = {404: 1, 480: 19, 486: 17, 403: 21, 503: 34}
_GRACE_S = 5.0


class RawCall:
    """A call with a From header of any content; the same questions as to a `Call`."""

    def __init__(self, carrier: Home, ports: Ports, spec: CallSpec) -> None:
        """Get ready; raise `BoxError` when *spec* asks for what only the carrier can do."""
        if spec.keys:
            raise BoxError("--hostile-from: this caller has no keys; leave out --keys")
        self.call_id = "raw-" + uuid.uuid4().hex[:12]
        self.spec = spec
        self._port = ports.pbx_sip
        self._heard_path = carrier.spool / f"heard/{self.call_id}.wav"
        self._speech = self._prepare_speech()
        self._progress = Progress(self.call_id)
        self._heard = bytearray()
        self._ear = BeepEar(tones.RATE_HZ)
        self._ended = threading.Event()
        self._to_tag = ""
        self._media_port = 0
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name=self.call_id, daemon=True)

    def start(self) -> None:
        """Dial."""
        self._thread.start()

    def hangup(self) -> None:
        """Hang up now."""
        self._ended.set()

    def wait_for(self, stage: str, timeout_s: float) -> float:
        """Return when the call reached *stage*; as `Call.wait_for`."""
        return self._progress.wait_for(stage, timeout_s)

    def wait(self, timeout_s: float | None = None) -> CallReport:
        """Return the report when the call is over; as `Call.wait`."""
        limit = timeout_s if timeout_s is not None else self.spec.timeout_s + _GRACE_S
        self._thread.join(limit)
        if self._thread.is_alive() or self._failure is not None:
            raise BoxError(f"{self.call_id}: {self._failure or 'not over in time'}")
        return self._progress.report(self.spec, self._heard_path)

    def _prepare_speech(self) -> list[bytes]:
        """Return what will be said in frames of 20 ms."""
        source = self._heard_path.with_suffix(".said.wav")
        if self.spec.wav is not None:
            speech.for_telephone(self.spec.wav, source)
        elif self.spec.say:
            voice = self.spec.voice or speech.default_voice(self.spec.language)
            speech.render(self.spec.say, voice, source)
        else:
            return []
        coded = alaw.encode(tones.samples_of(source))
        source.unlink()
        return [
            coded[n : n + _FRAME].ljust(_FRAME, _SILENCE[:1]) for n in range(0, len(coded), _FRAME)
        ]

    def _run(self) -> None:
        try:
            with _loopback() as signalling, _loopback() as media:
                dialog = sip.Dialog(
                    to=self.spec.to,
                    port=self._port,
                    local_port=signalling.getsockname()[1],
                    media_port=media.getsockname()[1],
                    from_header=self.spec.hostile_from or "",
                    call_id=self.call_id,
                )
                self._talk(dialog, signalling, media)
            self._save_heard()
        except Exception as exc:  # noqa: BLE001 - a thread has nobody to raise to; `wait` does it
            self._failure = exc
        finally:
            self._progress.close()

    def _talk(self, dialog: sip.Dialog, signalling: socket.socket, media: socket.socket) -> None:
        pbx = (sip.HOST, dialog.port)
        self._progress.reach("invited", time.time())
        signalling.sendto(dialog.request("INVITE", 1), pbx)
        start = time.time()
        packets = self._packets()
        for frame in itertools.count(1):
            for data in _arrived(signalling):
                self._take(sip.parse(data), dialog, signalling)
            self._hear(media)
            if self._media_port:
                media.sendto(next(packets), (sip.HOST, self._media_port))
            if self._ended.is_set() or self._is_over(start):
                break
            time.sleep(max(0.0, start + frame * _FRAME_S - time.time()))
        if self._progress.reached("ended") is None:
            method, number = ("BYE", 2) if self._media_port else ("CANCEL", 1)
            signalling.sendto(dialog.request(method, number, self._to_tag), pbx)
            self._end(16)

    def _take(self, got: sip.Reply | sip.Request, dialog: sip.Dialog, ours: socket.socket) -> None:
        pbx = (sip.HOST, dialog.port)
        if isinstance(got, sip.Request):
            ours.sendto(got.ok, pbx)
            if got.method == "BYE":
                self._end_by_far(16)
        elif got.method == "INVITE" and got.status >= 200:
            ours.sendto(dialog.request("ACK", 1, got.to_tag), pbx)
            if got.status < 300:
                self._to_tag, self._media_port = got.to_tag, got.media_port
                self._progress.reach("answered", time.time())
            else:
                self._end_by_far(_CAUSES.get(got.status, 0))

    def _end_by_far(self, cause: int) -> None:
        self._progress.take({"Event": "HangupRequest", "Timestamp": str(time.time())})
        self._end(cause)
        self._ended.set()

    def _end(self, cause: int) -> None:
        event = {"Event": "Hangup", "Timestamp": str(time.time()), "Cause": str(cause)}
        self._progress.take(event)

    def _is_over(self, start: float) -> bool:
        answered_at = self._progress.reached("answered")
        after_s = self.spec.hangup_after_s
        if time.time() - start > self.spec.timeout_s:
            self._progress.timed_out = True
            return True
        if self.spec.hangup_when_spoken and self._progress.reached("spoken") is not None:
            return True
        return None not in (answered_at, after_s) and time.time() >= answered_at + after_s

    def _packets(self) -> Iterator[bytes]:
        """Yield one RTP packet for each 20 ms: silence, what he says, silence."""
        said = iter(self._speech)
        for number in itertools.count():
            payload = _SILENCE
            if self._speech and self._may_speak():
                self._progress.reach("speaking", time.time())
                payload = next(said, b"")
                if not payload:
                    self._progress.reach("spoken", time.time())
                    payload = _SILENCE
            yield struct.pack("!BBHII", 0x80, 8, number & 0xFFFF, number * _FRAME, 1) + payload

    def _may_speak(self) -> bool:
        answered_at = self._progress.reached("answered") or time.time()
        if self.spec.speak_at_s is not None:
            return time.time() >= answered_at + self.spec.speak_at_s
        waited = time.time() >= answered_at + self.spec.beep_wait_s
        return waited or self._progress.reached("beep") is not None

    def _hear(self, media: socket.socket) -> None:
        for packet in _arrived(media):
            samples = alaw.decode(packet[12:])
            self._heard += samples.tobytes()
            ended_s = self._ear.feed(samples.tobytes())
            if ended_s is not None and self._progress.reached("beep") is None:
                self._progress.beep_ended_s = round(ended_s, 3)
                self._progress.reach("beep", time.time())

    def _save_heard(self) -> None:
        with wave.open(str(self._heard_path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(tones.RATE_HZ)
            file.writeframes(bytes(self._heard))


@contextlib.contextmanager
def _loopback() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.bind((sip.HOST, 0))
        ours.setblocking(False)
        yield ours


def _arrived(ours: socket.socket) -> Iterator[bytes]:
    """Yield all datagrams that are here already."""
    while True:
        try:
            yield ours.recv(65536)
        except BlockingIOError:
            return
