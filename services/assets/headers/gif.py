"""GIF: a walk over its blocks up to the trailer."""

from services.assets.headers.exif import Metadata
from services.assets.headers.header import Header, Limits
from services.assets.headers.refusals import FileInvalid
from services.assets.headers.window import Parse, Window

_SCREEN_BYTES = 13
_DESCRIPTOR_BYTES = 9
_TRAILER, _EXTENSION, _IMAGE = 0x3B, 0x21, 0x2C
_MAX_EXTENSIONS = 4096
_XMP = b"\xff\x0bXMP DataXMP"
_MAX_XMP_BLOCKS = 16_384
"""A block is as long as the code of a letter; behind so many may be a position."""


def parse(window: Window, limits: Limits) -> Parse[Header]:
    """Reads up to the trailer. The size is that of the screen, or of a larger first frame."""
    screen = yield from window.read(_SCREEN_BYTES)
    width, height = int.from_bytes(screen[6:8], "little"), int.from_bytes(screen[8:10], "little")
    if width and height:
        limits.check_size(width, height)
    window.position += _palette_bytes(screen[10])
    frames = extensions = xmp_blocks = 0
    metadata = Metadata()
    while True:
        (block,) = yield from window.read(1)
        if block == _TRAILER:
            break
        if block == _IMAGE:
            right, bottom = yield from _frame_corner(window)
            limits.check_size(max(width, right), max(height, bottom))
            if frames == 0:
                width, height = max(width, right), max(height, bottom)
            frames += 1
            limits.check_frames(frames)
        elif block == _EXTENSION:
            extensions += 1
            if extensions > _MAX_EXTENSIONS:
                raise FileInvalid(f"it has more than {_MAX_EXTENSIONS} GIF extensions")
            if not metadata.has_location and (yield from window.peek(len(_XMP))) == _XMP:
                xmp_blocks = yield from _read_xmp(window, metadata, xmp_blocks)
                continue
        else:
            raise FileInvalid(f"there is no GIF block {block:02X}")
        # The code size of an image, the label of an extension.
        window.position += 1
        yield from _skip_data(window)
    if frames == 0:
        raise FileInvalid("the GIF holds no image")
    return Header("image/gif", ".gif", width, height, frames, metadata.has_location)


def _frame_corner(window: Window) -> Parse[tuple[int, int]]:
    """Passes an image descriptor and its palette; returns the frame's lower right corner."""
    block = yield from window.read(_DESCRIPTOR_BYTES)
    left, top, width, height = (int.from_bytes(block[i : i + 2], "little") for i in (0, 2, 4, 6))
    window.position += _palette_bytes(block[8])
    return left + width, top + height


def _palette_bytes(flags: int) -> int:
    return 3 * 2 ** (1 + (flags & 7)) if flags & 0x80 else 0


def _read_xmp(window: Window, metadata: Metadata, blocks: int) -> Parse[int]:
    """Passes an extension with XMP, whose own bytes are the lengths of the sub-blocks.

    Takes how many sub-blocks of XMP were read before, and returns how many there are now.
    """
    window.position += len(_XMP)
    size = 1
    while size and blocks < _MAX_XMP_BLOCKS:
        (size,) = head = yield from window.read(1)
        metadata.add_xmp(head + (yield from window.read(size)))
        blocks += 1
    if size:
        metadata.has_location = True
        yield from _skip_data(window)
    return blocks


def _skip_data(window: Window) -> Parse[None]:
    """Passes data sub-blocks and the empty one that ends them.

    One tight loop, because a hostile file can have a sub-block every two bytes.
    """
    while True:
        if not (yield from window.available(1)):
            raise FileInvalid("the GIF has no trailer")
        data, position = window.data, window.position
        end = len(data)
        while position < end:
            size = data[position]
            position += size + 1
            if not size:
                window.position = position
                return
        window.position = position
