"""What an access token looks like, so that it is told from an API key by its form alone."""

import re

_FORM = re.compile(r"eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*")


def looks_like_token(text: str) -> bool:
    """Whether a bearer token claims to be an access token; settings accept no such API key."""
    return _FORM.fullmatch(text) is not None
