"""A channel in our hands that plays by a script: what is pressed when, and when it is gone."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from fakes import FakePhones
from listeners import MemoryRecordings

from pbx_bridge.core.case import MessageEnd
from pbx_bridge.errors import AgiFailed, AgiHangup
from pbx_bridge.ports import Recorded


@dataclass(kw_only=True)
class FakeLine:
    """
    The port `Line`.

    A place in the script is the name of a sound, or ``beep``, ``speaking`` and ``digit``.
    """

    phones: FakePhones = field(default_factory=FakePhones)
    recordings: MemoryRecordings = field(default_factory=MemoryRecordings)
    channel: str = "PJSIP/trunk-00000001"
    caller_number: str | None = "+4930123456"
    variables: dict[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    """Which digit is pressed at which place."""
    hangs_up_at: str | None = None
    stands_still_at: str | None = None
    """Here nothing happens any more until somebody cancels the session."""
    missing: frozenset[str] = frozenset()
    """Sounds that are not there."""
    speaks_s: float = 4.0
    ends_by: MessageEnd = MessageEnd.SILENCE
    refuses_copy: bool = False
    cannot_record: bool = False
    """The folder of the recordings is not writable."""

    played: list[str] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)
    remembered: list[tuple[tuple[str, str], str]] = field(default_factory=list)
    """What was stored in AstDB on this very line."""
    recorded: list[str] = field(default_factory=list)
    is_gone: bool = False
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    """Set with `is_gone`."""

    async def play(self, sound: str, keys: str = "") -> str | None:
        """Play one sound."""
        name = Path(sound).name
        await self._reach(name)
        if name in self.missing:
            raise AgiFailed(f"no such sound: {sound}")
        self.played.append(name)
        digit = self.keys.get(name)
        return digit if digit and digit in keys else None

    async def digit(self, limit: timedelta) -> str | None:
        """Wait for one key."""
        await self._reach("digit")
        return self.keys.get("digit")

    async def record(
        self, path: str, *, keys: str, limit: timedelta, silence: timedelta
    ) -> Recorded:
        """Record; a hang-up is the result, and only the next command raises."""
        if self.hangs_up_at == "beep":
            self.hang_up()
            return Recorded(MessageEnd.HANGUP, 0.0)
        if self.cannot_record:
            raise AgiFailed(f"Asterisk cannot write {path}.wav")
        self.recorded.append(path)
        self.recordings.lengths_s[path] = self.speaks_s
        try:
            await self._reach("speaking")
        except AgiHangup:
            return Recorded(MessageEnd.HANGUP, self.speaks_s)
        return Recorded(self.ends_by, self.speaks_s)

    async def start_copy(self, path: str) -> None:
        """Remember where to."""
        self._check()
        if self.refuses_copy:
            raise AgiFailed("MixMonitor is not there")
        self.copies.append(path)

    async def stop_copy(self) -> None:
        """Note that it ended."""
        self._check()
        self.copies.append("stopped")

    async def variable(self, name: str) -> str | None:
        """Return a channel variable, after a hang-up too."""
        return self.variables.get(name)

    async def set_variable(self, name: str, value: str) -> None:
        """Set a channel variable."""
        self._check()
        self.variables[name] = value

    async def stored_keys(self, family: str) -> list[str]:
        """Return the keys of an AstDB family."""
        self._check()
        return [key for kept, key in self.phones.astdb if kept == family]

    async def stored(self, family: str, key: str) -> str | None:
        """Return a value from AstDB."""
        self._check()
        return self.phones.astdb.get((family, key))

    async def remember(self, family: str, key: str, value: str) -> None:
        """Store a value in AstDB."""
        self._check()
        self.remembered.append(((family, key), value))
        self.phones.astdb[family, key] = value

    async def forget(self, family: str, key: str) -> None:
        """Delete a value from AstDB."""
        self._check()
        self.phones.astdb.pop((family, key), None)

    def hang_up(self) -> None:
        """Take the channel away."""
        self.is_gone = True
        self.gone.set()
        for channel_id, channel in list(self.phones.channels.items()):
            if channel.channel == self.channel:
                del self.phones.channels[channel_id]

    async def _reach(self, place: str) -> None:
        if place == self.hangs_up_at:
            self.hang_up()
        self._check()
        if place == self.stands_still_at:
            await asyncio.Event().wait()

    def _check(self) -> None:
        if self.is_gone:
            raise AgiHangup("hung up")


@dataclass(kw_only=True)
class KeyLine(FakeLine):
    """Somebody who presses his keys one by one, each when he is asked and all was said."""

    pressed: list[str] = field(default_factory=list)
    on_last: Callable[[], object] = bool
    """Called when he presses his last key."""

    async def digit(self, limit: timedelta) -> str | None:
        """Return the next key, `None` when he has pressed them all or waits (``""``)."""
        await self._reach("digit")
        if len(self.pressed) == 1:
            self.on_last()
        return (self.pressed.pop(0) or None) if self.pressed else None
