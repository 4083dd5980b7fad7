"""The process in which Apprise runs: one order on standard input, one answer on standard output."""

import json
import logging
import re
import sys
from collections.abc import Mapping
from io import StringIO

UNKNOWN = "Apprise does not understand this URL; see https://github.com/caronc/apprise/wiki"


def main() -> None:
    """Carry out the order; the answer says why not, with an empty ``reason`` when it is done."""
    print(json.dumps({"reason": carry_out(json.load(sys.stdin))}))


def carry_out(order: Mapping[str, str]) -> str:
    """Return why *order* could not be carried out, nothing when it was."""
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415 - an optional package, and heavy

    said = StringIO()
    logging.getLogger("apprise").addHandler(logging.StreamHandler(said))
    logging.getLogger("apprise").propagate = False
    push = Apprise(asset=AppriseAsset(app_id="pbx-bridge", secure_logging=True))
    if not push.add(order["url"]):
        return UNKNOWN
    if order["do"] == "check" or push.notify(title=order["title"], body=order["body"]):
        return ""
    return _last_line(said.getvalue(), order["url"]) or "it did not go out"


def _last_line(said: str, url: str) -> str:
    """Return what Apprise said last, without any part of the URL: each may be a secret."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    if not lines:
        return ""
    parts = {part for part in re.split(r"[:/@?&=,]+", url.partition("://")[2]) if len(part) > 2}
    last = lines[-1][:200]
    for part in sorted(parts, key=len, reverse=True):
        last = last.replace(part, "***")
    return last


if __name__ == "__main__":
    main()
