"""Names that people give: which can be seen, and which look the same."""

import re
import unicodedata

from services.chassis.normal_form import normalized

_HIDDEN = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
"""Unicode's categories of what a name cannot have: two names must not look the same by them."""
_NEEDED = re.compile("[\u200c\u200d\U0001f000-\U0001faff]")
"""What a name may have all the same: what joins and parts letters and emoji, and places of emoji,
which Unicode fills faster than Python learns of them."""
_UNSEEN = re.compile(
    "[\u200c\u200d\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
"""What a name may have, as emoji and some scripts do, though it shows nothing by itself."""
_COMPOSED_CHARACTERS = 4
"""At most, of what becomes one character."""


def composed(text: str, most: int) -> str:
    """A name of `most` characters as it is kept: its accents in one form, no blanks around it."""
    name = text.strip()
    # A longer text is no name, however it is composed, and normalising it could take long.
    return unicodedata.normalize("NFC", name) if len(name) <= _COMPOSED_CHARACTERS * most else name


def fold(text: str) -> str:
    """A text in the form in which names are compared; "" for one that shows nothing."""
    # First, for an accent may stand behind it.
    seen = normalized(_UNSEEN.sub("", text), "NFKC")
    return normalized(seen.casefold(), "NFKC").strip()


def hidden(name: str) -> str:
    """All in a name that no name may have: control characters, and what is invisible."""
    return "".join(
        each
        for each in name
        if unicodedata.category(each) in _HIDDEN and not _NEEDED.fullmatch(each)
    )


def fault(name: str) -> str | None:
    """What to say of a name that cannot be seen, or not all of it; None if it can."""
    unwanted = hidden(name)
    if not fold(name.translate(dict.fromkeys(map(ord, unwanted)))):
        return "name is required and must not be blank"
    if unwanted:
        return (
            f"name {name!a} is not accepted: U+{ord(unwanted[0]):04X} is a control character or "
            "invisible; leave it out"
        )
    return None


def conflict(kind: str, name: str) -> str:
    """What to say of a name that folds to the same as that of another of its kind."""
    return (
        f"another {kind} has the name {name!r}, or one that looks the same in some letter case; "
        "choose another name"
    )
