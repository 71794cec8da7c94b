"""Text of strangers, made fit for a terminal."""


def printable(text: str, *, kept: str = "") -> str:
    """The text with what is not printable escaped, so that it tells no terminal anything.

    Line ends are escaped too; the characters of `kept` are not.
    """
    return "".join(c if c.isprintable() or c in kept else ascii(c)[1:-1] for c in text)
