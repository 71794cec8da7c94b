"""The upload form's parser, cut into pieces of every size."""

from __future__ import annotations

import pytest

from gateway.form import MAX_FIELD_BYTES, UploadForm
from services.chassis.errors import InvalidArgument

TYPE = "multipart/form-data; boundary=b"
FILE = b"\r\n--b\r\n--bb\r-" * 20
BODY = (
    b'--b\r\nContent-Disposition: form-data; name="altText"\r\n\r\na cat\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
    b"Content-Type: image/png\r\n\r\n" + FILE.replace(b"\r\n--b\r\n", b"\r\n--c\r\n") + b"\r\n"
    b"--b\r\ncontent-disposition: form-data; name=isPublic\r\n\r\nFalse\r\n--b--\r\nepilogue"
)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 64, 1000])
def test_pieces_of_any_size_make_the_same_form(size: int) -> None:
    form = UploadForm(TYPE)
    for begin in range(0, len(BODY), size):
        form.feed(BODY[begin : begin + size])
    form.finish()
    assert form.file is not None
    assert (form.file.name, form.file.content_type) == ("a.png", "image/png")
    assert bytes(form.buffer) == FILE.replace(b"\r\n--b\r\n", b"\r\n--c\r\n")
    assert form.text("altText") == "a cat"
    assert form.text("description") is None
    assert form.boolean("isPublic", True) is False
    assert form.boolean("runEnrichment", True) is True


def test_the_file_is_known_before_its_bytes() -> None:
    form = UploadForm(TYPE)
    form.feed(BODY[: BODY.index(b"image/png") + len("image/png\r\n\r\n")])
    assert form.file is not None
    assert form.buffer == b""


@pytest.mark.parametrize("cut", range(10, len(BODY) - 20, 37))
def test_a_form_that_is_cut_anywhere_does_not_finish(cut: int) -> None:
    form = UploadForm(TYPE)
    form.feed(BODY[:cut])
    with pytest.raises(InvalidArgument, match="cut short"):
        form.finish()


def test_a_field_is_refused_as_soon_as_it_is_too_large() -> None:
    form = UploadForm(TYPE)
    form.feed(b'--b\r\nContent-Disposition: form-data; name="skill"\r\n\r\n')
    form.feed(b"x" * MAX_FIELD_BYTES)
    with pytest.raises(InvalidArgument, match="skill"):
        form.feed(b"xxxxxx")


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Disposition: form-data",
        b"Content-Type: image/png",
        b"Content Disposition: x",
        b": x",
        b"X: " + b"x" * 10_000,
        b"\r\n".join(b"X%d: x" % number for number in range(100)),
    ],
)
def test_a_part_with_a_bad_head_is_refused(head: bytes) -> None:
    form = UploadForm(TYPE)
    with pytest.raises(InvalidArgument) as caught:
        form.feed(b"--b\r\n" + head + b"\r\n\r\nx\r\n--b--\r\n")
    assert caught.value.reason == "REQUEST_INVALID"


@pytest.mark.parametrize("value", ["true", "TRUE", "1", " True "])
def test_what_is_true(value: str) -> None:
    form = UploadForm(TYPE)
    head = b'--b\r\nContent-Disposition: form-data; name="isPublic"\r\n\r\n'
    form.feed(head + value.encode() + b"\r\n--b--")
    form.finish()
    assert form.boolean("isPublic", False) is True
