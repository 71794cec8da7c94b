"""The upload form: a push parser that keeps the small fields and hands the file's bytes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from gateway import disposition
from services.chassis.errors import InvalidArgument

MAX_HEADER_BYTES = 16 * 1024
"""Longest header of a part, which holds the file's name."""
MAX_FIELD_BYTES: Final = 64 * 1024
BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}
TOO_LONG: Final = {
    "description": "ASSET_DESCRIPTION_TOO_LONG",
    "altText": "ASSET_ALT_TEXT_TOO_LONG",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form."""

    name: str
    description: str
    type: Literal["file", "string", "boolean"] = "string"
    default: bool | None = None
    max_length: int | None = None
    """Characters; whoever the form is for enforces it."""


FIELDS: Final = (
    Field("file", "The picture.", "file"),
    Field("description", "Counts as a person's.", max_length=1000),
    Field("altText", "Counts as a person's.", max_length=1000),
    Field("isPublic", "Whether anybody may read it.", "boolean", default=True),
    Field("runEnrichment", "Whether skills run on it.", "boolean", default=True),
    Field("skill", "The skill to run in place of the default one."),
)
TEXT_FIELDS: Final = tuple(field.name for field in FIELDS if field.type == "string")
BOOLEAN_FIELDS: Final = tuple(field.name for field in FIELDS if field.type == "boolean")


@dataclass(frozen=True, slots=True)
class FilePart:
    """What the file's part says of it."""

    name: str
    """The client's name for the file, in any shape; "" if it has none."""
    content_type: str
    """The type that the client claims; "" if it claims none."""


class UploadForm:
    """Takes a multipart/form-data body in pieces of any size.

    The file's bytes wait in `buffer` until they are taken; everything else is bounded. The fields
    may come in any order, each once. Every method raises REQUEST_INVALID naming what is wrong.
    """

    def __init__(self, content_type: str) -> None:
        self.file: FilePart | None = None
        """The file, once its part has begun."""
        self.buffer = bytearray()
        """Bytes of the file that nobody has taken yet."""
        self.ended = False
        """Whether the closing boundary came."""
        self._texts: dict[str, str] = {}
        self._booleans: dict[str, bool] = {}
        self._header_name = bytearray()
        self._header_value = bytearray()
        self._headers: dict[bytes, bytes] = {}
        self._field = ""
        self._field_value = bytearray()
        self._parser = self._parser_for(content_type)

    def text(self, name: str) -> str | None:
        """The text field `name`; None when it is absent or empty, as a form sends what is blank."""
        return self._texts.get(name) or None

    def boolean(self, name: str, default: bool) -> bool:
        """The boolean field `name`."""
        return self._booleans.get(name, default)

    def feed(self, data: bytes) -> None:
        """Take the next piece of the body."""
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise InvalidArgument("REQUEST_INVALID", f"the form is malformed: {error}") from None

    def finish(self) -> None:
        """Say that the body is over. Raises when the form is not."""
        if not self.ended:
            raise InvalidArgument(
                "REQUEST_INVALID", "the form is cut short: its closing boundary is missing"
            )

    def _parser_for(self, content_type: str) -> MultipartParser:
        essence, options = parse_options_header(content_type)
        if essence != b"multipart/form-data":
            raise InvalidArgument(
                "REQUEST_INVALID", "the body's Content-Type must be multipart/form-data"
            )
        boundary = options.get(b"boundary")
        if not boundary:
            raise InvalidArgument("REQUEST_INVALID", "the body's Content-Type has no boundary")
        try:
            return MultipartParser(
                boundary,
                {
                    "on_part_begin": self._on_part_begin,
                    "on_header_field": self._on_header_field,
                    "on_header_value": self._on_header_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers_finished,
                    "on_part_data": self._on_part_data,
                    "on_part_end": self._on_part_end,
                    "on_end": self._on_end,
                },
                max_header_size=MAX_HEADER_BYTES,
            )
        except FormParserError as error:
            raise InvalidArgument("REQUEST_INVALID", f"the form is malformed: {error}") from None

    def _on_part_begin(self) -> None:
        self._headers = {}
        self._field = ""
        self._field_value.clear()

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _on_header_end(self) -> None:
        self._headers[bytes(self._header_name).lower()] = bytes(self._header_value)
        self._header_name.clear()
        self._header_value.clear()

    def _on_headers_finished(self) -> None:
        part = disposition.parse(self._headers.get(b"content-disposition", b""))
        if part.name is None:
            raise InvalidArgument("REQUEST_INVALID", "a part of the form has no name")
        self._field = part.name
        if part.name == "file":
            self._begin_file(part.file_name)
        elif part.name not in (*TEXT_FIELDS, *BOOLEAN_FIELDS):
            if part.file_name is not None and self.file is None:
                raise InvalidArgument(
                    "ASSET_FILE_REQUIRED",
                    f"the file is in field {part.name[:100]!r}; it belongs in field 'file'",
                )
            accepted = ", ".join(("file", *TEXT_FIELDS, *BOOLEAN_FIELDS))
            raise InvalidArgument(
                "REQUEST_INVALID", f"unknown field {part.name[:100]!r}; accepted are {accepted}"
            )
        elif part.name in self._texts or part.name in self._booleans:
            raise InvalidArgument("REQUEST_INVALID", f"field {part.name!r} is given twice")

    def _begin_file(self, name: str | None) -> None:
        content_type = self._headers.get(b"content-type", b"").decode("latin-1").strip()
        if name is None and not content_type:
            raise InvalidArgument(
                "ASSET_FILE_REQUIRED", "field 'file' is a text; it must be a file with a filename"
            )
        if name == "" and content_type == "application/octet-stream":
            # So browsers send a form in which no file was chosen.
            raise InvalidArgument("ASSET_FILE_REQUIRED", "field 'file' has no file")
        if self.file is not None:
            raise InvalidArgument("REQUEST_INVALID", "field 'file' is given twice; one is accepted")
        self.file = FilePart(name or "", content_type)

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._field == "file":
            self.buffer += memoryview(data)[start:end]
            return
        if len(self._field_value) + end - start > MAX_FIELD_BYTES:
            raise InvalidArgument(
                TOO_LONG.get(self._field, "REQUEST_INVALID"),
                f"field {self._field!r} has more than {MAX_FIELD_BYTES} bytes",
            )
        self._field_value += data[start:end]

    def _on_part_end(self) -> None:
        if self._field == "file":
            return
        try:
            value = self._field_value.decode()
        except UnicodeDecodeError:
            raise InvalidArgument("REQUEST_INVALID", f"field {self._field!r} is no UTF-8") from None
        if self._field in TEXT_FIELDS:
            self._texts[self._field] = value
        elif (boolean := BOOLEANS.get(value.strip().lower())) is not None:
            self._booleans[self._field] = boolean
        else:
            raise InvalidArgument(
                "REQUEST_INVALID",
                f"field {self._field!r} is {value[:100]!r}; accepted are true, false, 1 and 0",
            )

    def _on_end(self) -> None:
        self.ended = True
