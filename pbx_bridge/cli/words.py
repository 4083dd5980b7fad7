"""Free text as people type it: UTF-8, and no longer than can be kept."""

import click


class Words(click.ParamType[str]):
    """A text that can be sent and written; what comes wrong from a terminal is refused here."""

    name = "text"

    def __init__(self, at_most: int | None = None) -> None:
        """
        Remember the limit.

        Args:
            at_most: characters; `None`: as many as one likes.
        """
        self._at_most = at_most

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return *value*; it is not repeated when it is wrong, for a note is personal data."""
        try:
            value.encode()
        except UnicodeEncodeError:  # Python keeps foreign bytes of the command line as halves
            self.fail("is not UTF-8; type it again", param, ctx)
        if self._at_most is not None and len(value) > self._at_most:
            self.fail(f"has {len(value)} characters; at most {self._at_most}", param, ctx)
        return value


WORDS = Words()
