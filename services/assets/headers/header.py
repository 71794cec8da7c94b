"""What a header says, and the limits it is held to."""

from dataclasses import dataclass

from services.assets.headers.refusals import DimensionsTooLarge, FileInvalid


@dataclass(frozen=True, slots=True)
class Header:
    """What is known of a picture without decoding it."""

    content_type: str
    """For example "image/png"."""
    extension: str
    """With its dot, for example ".png"."""
    width: int
    """Pixels as displayed, orientation applied."""
    height: int
    """Pixels as displayed, orientation applied."""
    frame_count: int
    """1 unless it is animated."""
    has_location: bool
    """Whether its metadata holds a GPS position."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest picture that is taken."""

    max_pixels: int
    """Width times height."""
    max_side: int
    """Pixels of the longer side."""
    max_frames: int
    """Frames of an animation."""

    def check_size(self, width: int, height: int) -> None:
        """Raises FileInvalid for a side of zero, DimensionsTooLarge for a picture over a limit."""
        if width == 0 or height == 0:
            raise FileInvalid(f"its header says {width}×{height} pixels")
        if max(width, height) > self.max_side:
            raise DimensionsTooLarge(
                f"the picture is {width}×{height} pixels; a side may have {self.max_side}"
            )
        if width * height > self.max_pixels:
            raise DimensionsTooLarge(
                f"the picture is {width}×{height} pixels; at most {self.max_pixels} in all may be"
            )

    def check_frames(self, count: int) -> None:
        """Raises DimensionsTooLarge for too many frames."""
        if count > self.max_frames:
            raise DimensionsTooLarge(f"the animation has more than {self.max_frames} frames")
