"""What is behind a GIF's frames: nothing, as browsers show it, and not its background colour."""

from PIL import GifImagePlugin, Image, ImageFile

_TO_GROUND, _TO_PREVIOUS = 2, 3
"""What a frame may leave behind: nothing, or what was there before it."""


def make_transparent(picture: ImageFile.ImageFile) -> None:
    """Makes a GIF whose frame was just loaded RGBA, where something of it will be transparent.

    That is what its first frame does not cover, and from then on what was taken away again.
    """
    if not isinstance(picture, GifImagePlugin.GifImageFile) or picture.dispose_extent is None:
        return
    extent = picture.dispose_extent
    is_first = picture.tell() == 0
    taken_away = (_TO_GROUND, _TO_PREVIOUS) if is_first else (_TO_GROUND,)
    is_taken_away = picture.tell() + 1 < picture.n_frames and picture.disposal_method in taken_away
    # Where there is a transparent colour, Pillow's canvas is of that colour.
    is_cut = is_first and "transparency" not in picture.info and extent != (0, 0, *picture.size)
    if not is_cut and not is_taken_away:
        return
    canvas = picture.convert("RGBA")
    if is_cut:
        canvas = Image.new("RGBA", picture.size)
        canvas.paste(picture.convert("RGB").crop(extent), extent)
    picture.im = canvas.im
    picture._mode = "RGBA"
    picture.info.pop("transparency", None)
    if is_taken_away:
        size = (extent[2] - extent[0], extent[3] - extent[1])
        picture.dispose = Image.new("RGBA", size).im
