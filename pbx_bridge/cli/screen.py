"""What a person wrote, on a terminal that obeys control characters."""

UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"


def plain(text: str) -> str:
    """
    Return *text* in one line, without what would move, colour or turn round the terminal's text.

    Notes and reasons are kept as they were written; a listing must not be forged by one.
    """
    one_line = " ".join(text.splitlines()) if not text.isprintable() else text
    return "".join(
        sign if sign.isprintable() else " " if sign == "\t" else UNPRINTABLE for sign in one_line
    )
