"""Why an AI provider gave no usable answer, in words for the person who set the profile up."""

MESSAGE_CHARACTERS = 500


class ProviderFailure(Exception):
    """An answer did not come or cannot be used. The message holds no key and is bounded."""

    def __init__(self, message: str, *, requests: int = 0, excerpt: str = "") -> None:
        """Takes the message, how many calls were made, and the start of an unusable answer."""
        super().__init__(bounded(message))
        self.requests = requests
        self.excerpt = excerpt


class ProviderRefused(ProviderFailure):
    """The provider answered with an error, or not with what was asked for; a retry won't help."""


class ProviderUnreachable(ProviderFailure):
    """No answer came although the call was repeated."""


def bounded(text: str, limit: int = MESSAGE_CHARACTERS) -> str:
    """The text in one line and at most `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
