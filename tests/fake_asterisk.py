"""A scripted Asterisk: speaks AMI on a loopback port and knows just enough telephony for it."""

import asyncio
import contextlib
from dataclasses import dataclass, field

Packet = dict[str, list[str]]

WAIT_S = 5
"""Limit of every wait in a test; nothing takes that long unless it is broken."""


@dataclass(slots=True, kw_only=True)
class FakeChannel:
    """One living channel."""

    name: str
    action_id: str = ""
    state: int = 5
    variables: dict[str, str] = field(default_factory=dict)


class FakeAsterisk:
    """Takes logins and actions as Asterisk 22.10 does; a test says what happens on the phones."""

    def __init__(self, *, secret: str = "right") -> None:
        self.secret = secret
        self.port = 0
        self.is_booted = True
        self.is_deaf = False
        """Takes everything and answers nothing, like a stopped process."""
        self.swallows: set[str] = set()
        """Actions that are carried out, but not answered."""
        self.refuses: dict[str, str] = {}
        """Actions that are answered with this error."""
        self.greeting = b"Asterisk Call Manager/11.0.0\r\n"
        self.actions: list[Packet] = []
        self.channels: dict[str, FakeChannel] = {}
        self.astdb: dict[str, str] = {}
        self.dead_endpoints: set[str] = set()
        self.list_text = b""
        """What a caller wrote into the middle of a list; ``@ID@`` is the list's ActionID."""
        self.is_slow_to_store = False
        self.has_no_dialplan = False
        self.is_closing = False
        """Takes connections and closes them at once."""
        self.connections = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._logged_in: set[asyncio.StreamWriter] = set()
        self._changed = asyncio.Condition()

    # ---------------------------------------------------------------- running

    async def start(self) -> None:
        """Listen, on the same port as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and drop every connection."""
        if self._server is not None:
            self._server.close()
            self.drop()
            await self._server.wait_closed()
            self._server = None

    def drop(self) -> None:
        """Drop every connection, as a killed Asterisk does."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    def kill(self) -> None:
        """Drop connections and channels."""
        self.channels.clear()
        self.drop()

    def named(self, name: str) -> list[Packet]:
        """Return the actions of one name that came so far."""
        return [action for action in self.actions if action["action"] == [name]]

    async def got(self, name: str, count: int = 1) -> Packet:
        """Wait for action number *count* of one name."""
        async with asyncio.timeout(WAIT_S), self._changed:
            await self._changed.wait_for(lambda: len(self.named(name)) >= count)
        return self.named(name)[count - 1]

    async def connected(self, count: int) -> None:
        """Wait until *count* connections were made."""
        async with asyncio.timeout(WAIT_S), self._changed:
            await self._changed.wait_for(lambda: self.connections >= count)

    # ---------------------------------------------------------------- what happens on phones

    def answers(self, channel_id: str) -> None:
        """Let somebody, or a mailbox, pick up."""
        channel = self.channels[channel_id]
        channel.state = 6
        self._originate_response(channel.action_id, channel_id, "Success", 4)

    def ends(self, channel_id: str, *, reason: int = 0, cause: int = 16, first: str = "") -> None:
        """Let a channel go; *first* tells which of the two events comes first."""
        channel = self.channels.pop(channel_id)
        hangup = {
            "Event": "Hangup",
            "Channel": channel.name,
            "ChannelState": str(channel.state),
            "Uniqueid": channel_id,
            "Cause": str(cause),
        }
        if channel.state == 6 or not channel.action_id:
            self.says(hangup)
        elif first == "Hangup":
            self.says(hangup)
            self._originate_response(channel.action_id, channel_id, "Failure", reason)
        else:
            self._originate_response(channel.action_id, channel_id, "Failure", reason)
            self.says(hangup)

    def user_event(self, name: str, channel_id: str, *lines: str) -> None:
        """Let a dialplan say something on one of the channels."""
        text = f"Event: UserEvent\r\nUniqueid: {channel_id}\r\nUserEvent: {name}\r\n"
        self.writes((text + "".join(f"{line}\r\n" for line in lines) + "\r\n").encode())

    def says(self, headers: dict[str, str]) -> None:
        """Send an event to whoever is logged in."""
        self.writes(_packet(headers))

    def writes(self, data: bytes) -> None:
        """Send bytes as they are."""
        for writer in self._logged_in:
            writer.write(data)

    def boots(self) -> None:
        """Finish starting."""
        self.is_booted = True
        self.says({"Event": "FullyBooted", "Status": "Fully Booted"})

    # ---------------------------------------------------------------- the protocol

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self.connections += 1
        async with self._changed:
            self._changed.notify_all()
        try:
            if self.is_closing:
                return
            writer.write(self.greeting)
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                while True:
                    block = await reader.readuntil(b"\r\n\r\n")
                    await self._take(_parsed(block), writer)
        finally:
            self._writers.discard(writer)
            self._logged_in.discard(writer)
            writer.transport.abort()

    async def _take(self, action: Packet, writer: asyncio.StreamWriter) -> None:
        name = action["action"][0]
        self.actions.append(action)
        async with self._changed:
            self._changed.notify_all()
        if self.is_deaf:
            return
        if name in self.refuses:
            self._reply(action, writer, "Error", self.refuses[name])
            return
        match name:
            case "Login":
                self._login(action, writer)
            case "Logoff":
                self._reply(action, writer, "Goodbye", "Thanks for all the fish.")
                writer.close()
            case "Originate":
                self._answer(action, writer, "Originate successfully queued")
                self._originate(action)
            case "Hangup" | "Setvar" if action["channel"][0] not in {
                *self.channels,
                *(channel.name for channel in self.channels.values()),
            }:
                self._reply(action, writer, "Error", "No such channel")
            case "Redirect" if action["channel"][0] not in self.channels:
                self._reply(action, writer, "Error", "Channel does not exist")
            case "Redirect":
                self._answer(action, writer, "Redirect successful")
                self.ends(action["channel"][0])
            case "Hangup":
                self._answer(action, writer, "Channel Hungup")
                self.ends(action["channel"][0])
            case "Status":
                self._status(action, writer)
            case "DBGet":
                self._db_get(action, writer)
            case _:
                self._answer(action, writer, "Done")

    def _login(self, action: Packet, writer: asyncio.StreamWriter) -> None:
        if action["secret"] != [self.secret]:
            self._reply(action, writer, "Error", "Authentication failed")
            writer.close()
            return
        self._logged_in.add(writer)
        self._reply(action, writer, "Success", "Authentication accepted")
        if self.is_booted:
            writer.write(_packet({"Event": "FullyBooted", "Status": "Fully Booted"}))

    def _originate(self, action: Packet) -> None:
        action_id, target = action["actionid"][0], action["channel"][0]
        values = dict(text.partition("=")[::2] for text in action.get("variable", []))
        if target == "Local/store@pbxb-remember/n":
            if self.is_slow_to_store:
                return
            if self.has_no_dialplan:
                self._originate_response(action_id, "errand", "Failure", 0)
                return
            name = f"{values['PBXB_FAMILY']}/{values['PBXB_KEY']}"
            if values.get("PBXB_EXPECTED") not in (None, f"was/{self.astdb.get(name, '')}"):
                self._originate_response(action_id, "errand", "Failure", 0)
                return
            self.astdb[name] = values["PBXB_VALUE"]
            self._originate_response(action_id, "errand", "Success", 4)
            return
        channel_id = action.get("channelid", [f"local-{len(self.actions)}"])[0]
        if channel_id in self.channels or target in self.dead_endpoints:
            self._originate_response(action_id, channel_id, "Failure", 0)
        elif not target.startswith("Local/"):
            self.channels[channel_id] = FakeChannel(
                name=f"PJSIP/trunk-{len(self.actions):08x}", action_id=action_id, variables=values
            )

    def _status(self, action: Packet, writer: asyncio.StreamWriter) -> None:
        wanted = action.get("channel", list(self.channels))
        if not all(channel_id in self.channels for channel_id in wanted):
            self._reply(action, writer, "Error", "No such channel")
            return
        names = action.get("variables", [""])[0].split(",")
        self._reply(action, writer, "Success", "Channel status will follow", EventList="start")
        writer.write(self.list_text.replace(b"@ID@", action["actionid"][0].encode()))
        for channel_id in wanted:
            channel = self.channels[channel_id]
            item = {
                "Event": "Status",
                "Channel": channel.name,
                "ChannelState": str(channel.state),
                "Uniqueid": channel_id,
                "ActionID": action["actionid"][0],
            }
            pairs = [f"{n}={channel.variables.get(n, '(null)')}" for n in names if n]
            writer.write(_packet(item, variables=pairs))
        self._end_list(action, writer, "StatusComplete", len(wanted))

    def _db_get(self, action: Packet, writer: asyncio.StreamWriter) -> None:
        family, key = action["family"][0], action["key"][0]
        value = self.astdb.get(f"{family}/{key}")
        if value is None:
            self._reply(action, writer, "Error", "Database entry not found")
            return
        self._reply(action, writer, "Success", "Result will follow", EventList="start")
        item = {"Event": "DBGetResponse", "Family": family, "Key": key, "Val": value}
        writer.write(_packet(item | {"ActionID": action["actionid"][0]}))
        self._end_list(action, writer, "DBGetComplete", 1)

    def _end_list(
        self, action: Packet, writer: asyncio.StreamWriter, event: str, count: int
    ) -> None:
        end = {"Event": event, "EventList": "Complete", "ListItems": str(count)}
        writer.write(_packet(end | {"ActionID": action["actionid"][0]}))

    def _answer(self, action: Packet, writer: asyncio.StreamWriter, message: str) -> None:
        if action["action"][0] not in self.swallows:
            self._reply(action, writer, "Success", message)

    def _reply(
        self,
        action: Packet,
        writer: asyncio.StreamWriter,
        response: str,
        message: str,
        **more: str,
    ) -> None:
        head = {"Response": response, "ActionID": action["actionid"][0]}
        writer.write(_packet(head | more | {"Message": message}))

    def _originate_response(
        self, action_id: str, channel_id: str, response: str, reason: int
    ) -> None:
        self.says(
            {
                "Event": "OriginateResponse",
                "ActionID": action_id,
                "Response": response,
                "Reason": str(reason),
                "Uniqueid": channel_id,
            }
        )


def _packet(headers: dict[str, str], variables: list[str] | None = None) -> bytes:
    lines = [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Variable: {pair}" for pair in variables or []]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _parsed(block: bytes) -> Packet:
    packet: Packet = {}
    for line in block.decode().split("\r\n"):
        name, colon, value = line.partition(":")
        if colon:
            packet.setdefault(name.lower(), []).append(value.removeprefix(" "))
    return packet
