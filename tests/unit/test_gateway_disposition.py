"""Content-Disposition, both ways."""

from __future__ import annotations

import pytest

from gateway.disposition import Disposition, parse, write
from services.chassis.errors import InvalidArgument


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"", Disposition(None, None)),
        (b"form-data", Disposition(None, None)),
        (b'form-data; name="a"', Disposition("a", None)),
        (b"form-data; NAME=a; FileName=b", Disposition("a", "b")),
        (b'form-data; name="a"; filename=""', Disposition("a", "")),
        (b'form-data; name="a"; filename="b;c=\\"d\\".png"', Disposition("a", 'b;c="d".png')),
        (b'form-data; name="a"; filename="C:\\\\x.png"', Disposition("a", "C:\\x.png")),
        ('form-data; name="a"; filename="ä☕.png"'.encode(), Disposition("a", "ä☕.png")),
        (b'form-data; name="a"; filename="\xe4.png"', Disposition("a", "ä.png")),
        (b"form-data; name=a; filename*=UTF-8''%E2%98%95", Disposition("a", "☕")),
        (b"form-data; name=a; filename*=utf-8'en'%ff", Disposition("a", "\ufffd")),
        (b"form-data; name=a; filename*=iso-8859-1''%E4", Disposition("a", "ä")),
        (b"form-data; name=a; filename*=unicode_escape''%5Cud800", Disposition("a", "\\ud800")),
        (b"form-data; name=a; filename*=UTF-8''x; filename=y", Disposition("a", "x")),
        (b"form-data; name=a; filename=y; filename*=UTF-8''x", Disposition("a", "x")),
        (b"form-data; name=a; filename*0*=UTF-8''%C3; filename*1*=%A4", Disposition("a", "ä")),
        (b'form-data; name=a; filename="../../etc/passwd"', Disposition("a", "../../etc/passwd")),
    ],
)
def test_parse(value: bytes, expected: Disposition) -> None:
    assert parse(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        b"form-data; name=file; filename*=UTF-8''a.jpg; filename*0=b.jpg",
        b"form-data; name=file; filename*" + b"9" * 4400 + b"=x",
        b'form-data; name="description"; x*=a; x*0=b',
    ],
)
def test_a_senseless_continuation_is_refused(value: bytes) -> None:
    with pytest.raises(InvalidArgument) as refused:
        parse(value)
    assert refused.value.reason == "REQUEST_INVALID"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cat.png", 'inline; filename="cat.png"'),
        ("my cat.png", 'inline; filename="my cat.png"'),
        ('a"b.png', "inline; filename=\"a_b.png\"; filename*=UTF-8''a%22b.png"),
        ("ä/☕", "inline; filename=\"___\"; filename*=UTF-8''%C3%A4%2F%E2%98%95"),
        ("a\r\nX: y", "inline; filename=\"a__X: y\"; filename*=UTF-8''a%0D%0AX%3A%20y"),
        ("50%.png", "inline; filename=\"50_.png\"; filename*=UTF-8''50%25.png"),
    ],
)
def test_write(name: str, expected: str) -> None:
    assert write("inline", name) == expected
