"""``pbx-bridge notify``: see that people can be told, by a notice that says it is a test."""

import asyncio
import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from pbx_bridge.adapters.notify.addressees import addressees_of
from pbx_bridge.config import load
from pbx_bridge.core.escalation_events import Topic
from pbx_bridge.core.news import News
from pbx_bridge.errors import NotifierError
from pbx_bridge.ports import Addressee
from pbx_bridge.runtime.delivery import SEND_LIMIT_S
from pbx_bridge.runtime.notices import write_notice


@click.group()
def notify() -> None:
    """Try the ways in which people are told."""


@notify.command("test")
@click.option("--to", "name", help="Only mail, apprise, or a webhook or technician by name.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@click.pass_obj
def test(config_path: Path, name: str | None, as_json: bool) -> None:
    """
    Send one notice, marked as a test, to everybody whom the configuration names.

    Nothing is tried again, and the running service has no part in it.

    JSON: {"sent": [{"to", "is_sent", "reason"}, ...]}.

    Exit status: 0 when each was taken, 1 when one was not or nobody is there.
    """
    config = load(config_path)
    everybody = addressees_of(config)
    chosen = [one for one in everybody if name is None or name in one.name.split("/")]
    if not chosen:
        known = ", ".join(one.name for one in everybody) or "nobody"
        whom = "nobody is told of anything" if name is None else f"{name!r} is told of nothing"
        raise NotifierError(f"{whom}; the configuration names: {known}")
    reasons = asyncio.run(_tried(chosen, ZoneInfo(config.firm.zone)))
    if as_json:
        rows = [
            {"to": one.name, "is_sent": reason is None, "reason": reason}
            for one, reason in zip(chosen, reasons, strict=True)
        ]
        click.echo(json.dumps({"sent": rows}, ensure_ascii=False))
    else:
        for one, reason in zip(chosen, reasons, strict=True):
            click.echo(f"{'failed' if reason else 'sent':<7} {one.name}{_after(reason)}")
    if any(reason is not None for reason in reasons):
        raise SystemExit(1)


async def _tried(people: Sequence[Addressee], zone: ZoneInfo) -> list[str | None]:
    """Send to all of *people* at once; return for each why it failed, `None` when it did not."""
    key, now = f"test-{secrets.token_hex(8)}", datetime.now(UTC)
    news = News(key=key, topic=Topic.TEST, at=now)
    return await asyncio.gather(*(_try(one, news, zone) for one in people))


async def _try(one: Addressee, news: News, zone: ZoneInfo) -> str | None:
    try:
        async with asyncio.timeout(SEND_LIMIT_S):
            await one.notifier.send(write_notice(news, one, zone))
    except NotifierError as exc:
        return str(exc)
    except TimeoutError:
        return f"it hangs, stopped after {SEND_LIMIT_S:.0f} s"
    except Exception as exc:  # noqa: BLE001  a plug-in may raise anything, the others are tried
        return f"a bug in the notifier: {exc!r}"
    return None


def _after(reason: str | None) -> str:
    return f": {reason}" if reason else ""
