"""Can everybody be told whom the configuration names? Looked at without sending."""

import asyncio
from collections.abc import Sequence

from pbx_bridge.adapters.notify.addressees import Unusable, addressees_of
from pbx_bridge.adapters.notify.push import PushNotifier
from pbx_bridge.config import Config
from pbx_bridge.config.notice_sections import TOPICS
from pbx_bridge.config.secret_files import is_loose, notice_files, secret_faults
from pbx_bridge.core.check import Check, CheckName, failed, passed, warned
from pbx_bridge.errors import NotifyFailed
from pbx_bridge.ports import Addressee

REMEDY = "correct it, then: pbx-bridge notify test"


def notifiers_check(config: Config, lately: Sequence[str] = ()) -> Check:
    """
    Return whether each notifier could be built, its secrets read and its URL understood.

    Args:
        config: the configuration.
        lately: notices that wait after a failure, or were given up in the last days, a line each.
    """
    name, people = CheckName.NOTIFIERS, addressees_of(config)
    if not people:
        text = "nobody is told when no one accepts a case"
        return warned(name, text, "add [mail], [[webhook]] or [apprise]; docs/notifications.md")
    unreadable = [f"{whose}: {exc}" for whose, exc in secret_faults(config)]
    broken = [*unreadable, *asyncio.run(_faults(people))]
    if broken:
        return failed(name, "\n".join(dict.fromkeys(broken)), REMEDY)
    loose = [file for _, file in notice_files(config) if is_loose(file)]
    if loose:
        text = "\n".join(f"{file} is readable by everybody on this machine" for file in loose)
        return warned(name, text, f"chmod 600 {' '.join(map(str, loose))}")
    if lately:
        return warned(name, "\n".join(lately), "see why, then: pbx-bridge notify test")
    return passed(name, "\n".join([*map(_line, people), *_unheard(people)]))


async def _faults(people: Sequence[Addressee]) -> list[str]:
    """Return what is wrong with each that cannot send; URLs are only read, one after the other."""
    found = []
    for one in people:
        if isinstance(one.notifier, Unusable):
            found.append(f"{_group(one)}: {one.notifier.reason}")
        elif isinstance(one.notifier, PushNotifier):
            try:
                await one.notifier.check()
            except NotifyFailed as exc:
                found.append(f"{_group(one)}: {exc}")
    return found


def _group(one: Addressee) -> str:
    return one.name.rpartition("/")[0] if one.technician or "/unreadable" in one.name else one.name


def _line(one: Addressee) -> str:
    return f"{one.name}: {', '.join(topic for topic in TOPICS if topic in one.topics)}"


def _unheard(people: Sequence[Addressee]) -> list[str]:
    heard = {topic for one in people for topic in one.topics}
    unheard = [topic.value for topic in TOPICS if topic not in heard]
    return [f"nobody is told of: {', '.join(unheard)}"] if unheard else []
