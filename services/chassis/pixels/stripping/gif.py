"""GIF: pictures, their timing, how often they are shown and a colour profile are kept."""

from collections.abc import Iterator

from services.chassis.pixels.stripping.reading import Reader

_SCREEN_BYTES = 13
_DESCRIPTOR_BYTES = 9
_CONTROL_BYTES = 4
_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_CONTROL, _PLAIN_TEXT, _APPLICATION = 0xF9, 0x01, 0xFF
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_PROFILE = b"ICCRGBG1012"


def stripped(data: bytes) -> Iterator[bytes | memoryview]:
    """The pieces that are kept."""
    reader = Reader(data, "GIF")
    screen = reader.take(_SCREEN_BYTES)
    yield screen
    yield reader.take(_palette_bytes(screen[10]))
    # Said of the picture that follows, or of a text.
    control: bytes | memoryview = b""
    while (block := reader.number(1, big=False)) != _TRAILER:
        reader.count()
        start = reader.position - 1
        if block == _IMAGE:
            descriptor = reader.take(_DESCRIPTOR_BYTES)
            # The palette, and a byte with the size of codes.
            reader.take(_palette_bytes(descriptor[8]) + 1)
            _pass_blocks(reader)
            yield control
            yield reader.since(start)
            control = b""
        elif block == _EXTENSION:
            label = reader.number(1, big=False)
            first = _pass_blocks(reader)
            if label == _CONTROL:
                control = _extension(label, first[:_CONTROL_BYTES])
            elif label == _PLAIN_TEXT:
                control = b""
            elif label == _APPLICATION:
                yield _application(reader.since(start), bytes(first))
        else:
            raise reader.broken(f"has an unknown block {block:02X}")
    yield bytes((_TRAILER,))


def _application(extension: memoryview, name: bytes) -> bytes | memoryview:
    """What is kept of an application's extension."""
    if name == _PROFILE:
        return extension
    # Behind its introducer, label and name; blocks of other kinds may stand before it or after it.
    blocks = Reader(extension, "GIF")
    blocks.take(2 + 1 + len(name))
    while name in _LOOPS and (length := blocks.number(1, big=False)):
        content = blocks.take(length)
        if length == 3 and content[0] == 1:
            return _extension(_APPLICATION, name, content)
    return b""


def _extension(label: int, *blocks: bytes | memoryview) -> bytes:
    """An extension that has these blocks and no others."""
    sized = (bytes((len(block),)) + bytes(block) for block in blocks)
    return bytes((_EXTENSION, label)) + b"".join(sized) + b"\0"


def _palette_bytes(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _pass_blocks(reader: Reader) -> memoryview:
    """Passes sub-blocks up to the empty one that ends them, and gives the first."""
    first = None
    while length := reader.number(1, big=False):
        reader.count()
        block = reader.take(length)
        first = block if first is None else first
    return memoryview(b"") if first is None else first
