"""Normal forms are Unicode's, in whatever order a long text has its accents."""

import random
import unicodedata
from typing import Literal

import pytest

from services.chassis.normal_form import normalized

LETTERS = "aÅạ가각ｶﾞﾟﬁ \n\u0301\u0316\u0327\u0344\u0345\u0f73\u0f71\u0f74\u3099\u05b0\u1161"


@pytest.mark.parametrize("form", ["NFC", "NFKC"])
@pytest.mark.parametrize("seed", range(20))
def test_a_long_text_gets_the_form_of_unicode(form: Literal["NFC", "NFKC"], seed: int) -> None:
    text = "".join(random.Random(seed).choices(LETTERS, k=600))

    assert normalized(text, form) == unicodedata.normalize(form, text) != text


@pytest.mark.parametrize("text", ["", "Cat", "e\u0301", "e\u0301" * 1000, "\u0301\u0316" * 1000])
def test_so_does_any_other(text: str) -> None:
    assert normalized(text) == unicodedata.normalize("NFC", text)
