"""Which way up a picture is, as browsers see it: by its EXIF alone, or by an AVIF's own turn."""

from pathlib import Path

from PIL import ExifTags, Image, ImageFile

from services.chassis.exif import MAX_BLOCK, Exif

_PNG_SIGNATURE_BYTES = 8
_PNG_CHECKSUM_BYTES = 4


def turn_of(picture: ImageFile.ImageFile, path: str | Path) -> int:
    """The orientation, 1 to 8, of a picture that was opened and not yet decoded.

    Pillow's own `getexif` also takes it from XMP and from the texts of a PNG, as nothing does that
    shows pictures.
    """
    block: object = None
    if picture.format == "AVIF":
        return _of_avif(picture)
    if picture.format in ("JPEG", "MPO"):
        segments: list[tuple[str, bytes]] = getattr(picture, "applist", [])
        marked = (each for name, each in segments if name == "APP1")
        block = next((each for each in marked if each.startswith(b"Exif\0\0")), None)
    elif picture.format == "PNG":
        block = _exif_of_png(path)
    elif picture.format == "WEBP":
        block = picture.info.get("exif")
    return Exif(block).orientation if isinstance(block, bytes) else 1


def _of_avif(picture: ImageFile.ImageFile) -> int:
    """The turn that is part of the format; Pillow has written it into the EXIF, over what was."""
    exif = Image.Exif()
    exif.load(picture.info.get("exif", b""))
    found = exif.get(ExifTags.Base.Orientation, 1)
    return int(found) if found in range(1, 9) else 1


def _exif_of_png(path: str | Path) -> bytes | None:
    """The first eXIf chunk before the pixels; Pillow mixes texts of that name and later ones in."""
    with Path(path).open("rb") as file:
        file.seek(_PNG_SIGNATURE_BYTES)
        while len(head := file.read(8)) == 8:
            length, kind = int.from_bytes(head[:4], "big"), head[4:]
            if kind == b"eXIf":
                return file.read(min(length, MAX_BLOCK))
            if kind in (b"IDAT", b"IEND"):
                break
            file.seek(length + _PNG_CHECKSUM_BYTES, 1)
    return None
