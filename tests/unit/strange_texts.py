"""Texts of strangers that repeat something without end, given to all that reads such texts.

A process of its own, `python -m tests.unit.strange_texts`, for the system ends it if one of them
takes too much of a processor. It writes down which one it begins.
"""

import faulthandler
import signal
import sys
from collections.abc import Callable, Iterator
from itertools import product

from pydantic import SecretStr

from services import results
from services.chassis import names
from services.chassis.normal_form import normalized
from services.providers import answers, endpoint_errors, pages, replies, word_picture
from services.providers.redaction import Redactor
from services.skills import (
    alt_chatter,
    alt_openings,
    alt_text,
    captions,
    file_names,
    nothing,
    prompts,
    tags,
    wrapping,
)

CHARACTERS = 12_000
CPU_SECONDS = 0.5
"""Of one text in one function: ten times what the slowest takes."""
_REDACTOR = Redactor(SecretStr("sk-0123456789abcdefghij"))
REPEATED = (
    *("\n", " ", " \n", "\r\n", "\u3000", "\u0301\u0316", "\u0f73", "\ufeff", "\0", "a", "1"),
    *("a ", "a. ", "St. ", "。", "」", '" ', "'a ", "“", "«", "(", "[", "![](", "*", "* ", "**a "),
    *("_", "# ", "`", "```\n", "<p>", "</p>", "<img alt='' ", "alt='' ", '{"alt":"', "&amp", "- "),
    *("photo de : ", "alt text: ", "的图片", "一张", "the image of ", "img_1", "1.", "a.jpg "),
    *("let me know if ", "\nif you need ", ". 如果需要", "」修正", "alternativ", "sorry, ", "no "),
    "decorative ",
)
"""What models and those who break in repeat."""
ANSWERED = (
    *("\n", " ", "\u0301\u0316", "1", "a ", "***", "{", '{"a":', "\\u0041", "%41", "&amp", "```\n"),
    *("<think>", "<title", "image[", "image ", "not support ", "too large ", "model '", "sk-"),
    *("Bearer ", "data: {}\n", '"finish_reason" '),
)
"""What endpoints repeat."""
BEGINNINGS = (
    *("A cat on a mat.", "__", "*", "# a", "- a", "```", "<img ", "<p>", "{", '"', "'"),
    *("img_1234", "screen shot ", "file name: ", "here is the alt", "ich kann nicht "),
)
"""What decides by which pattern a text is read on."""
FOLLOWING = ("\n", " ", "1", "a ", "' ", "alt='' ", "text")


def texts() -> Iterator[str]:
    """What models write, each of CHARACTERS and a few more."""
    for beginning, repeated in (*product(("",), REPEATED), *product(BEGINNINGS, FOLLOWING)):
        yield f"{beginning}{repeated * (CHARACTERS // len(repeated))}!"


def bodies() -> Iterator[str]:
    """What endpoints answer, likewise."""
    for repeated in ANSWERED:
        yield f"{repeated * (CHARACTERS // len(repeated))}!"


def _read_alt_text(text: str) -> None:
    alt_text.meant(text)
    alt_text.faults(text, text)
    better = alt_text.mended(text)
    alt_text.keeps_enough(text, better)


def _read_name(text: str) -> None:
    # Longer than the others, for it is read at a glance.
    file_names.is_file_name(f"{text[:-1]}{text[-2] * 5 * CHARACTERS}!", "")


def _read_reply(text: str) -> None:
    body = replies.Body(text.encode())
    body.error()
    body.is_cut_off()


def _read_error(text: str) -> None:
    error = endpoint_errors.read_error(text.encode())
    pages.title_of(b"<" + text.encode())
    for name, value in vars(endpoint_errors.EndpointError).items():
        if isinstance(value, property):
            getattr(error, name)


def _read_object(text: str) -> None:
    try:
        answers.object_in(text)
    except answers.NoObject:
        return


OF_TEXTS: tuple[Callable[[str], object], ...] = (
    _read_alt_text,
    _read_name,
    lambda text: captions.faults(text, text),
    lambda text: tags.tags_of([text]),
    prompts.quoted,
    results.shown,
    names.fault,
    names.fold,
)
OF_BODIES: tuple[Callable[[str], object], ...] = (
    lambda text: normalized(text * 4),
    lambda text: word_picture.is_word_in(text, "anchor"),
    _REDACTOR.message,
    _REDACTOR.output,
    _read_object,
    _read_reply,
    _read_error,
)


def main() -> None:
    """Gives each text to each reader, of which none may look at the beginning only."""
    for module in (alt_chatter, alt_openings, nothing, wrapping):
        module.LOOKED_AT = module.LONGEST = CHARACTERS * 2  # type: ignore[attr-defined]
    faulthandler.register(signal.SIGVTALRM, chain=True)
    for text, reader in (*product(texts(), OF_TEXTS), *product(bodies(), OF_BODIES)):
        sys.stdout.write(f"{text[:40]!a}\n")
        sys.stdout.flush()
        signal.setitimer(signal.ITIMER_VIRTUAL, CPU_SECONDS)
        reader(text)
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)


if __name__ == "__main__":
    main()
