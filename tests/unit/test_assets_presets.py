"""How long a picture that could not be rendered is not tried again."""

import pytest

from services.assets.presets import DEMANDING_SECONDS, UNREADABLE_SECONDS, _lasting
from services.chassis.pixels.errors import (
    DecoderDied,
    PictureError,
    PictureTooDemanding,
    PictureUnreadable,
    PixelWorkFailed,
)


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (PictureUnreadable("the bytes say so"), UNREADABLE_SECONDS),
        (PictureTooDemanding("the machine may be short of time"), DEMANDING_SECONDS),
        (DecoderDied("the system may have killed it"), DEMANDING_SECONDS),
        (PixelWorkFailed("the disk is full"), 0.0),
    ],
)
def test_only_what_lies_in_the_bytes_lasts(error: PictureError, seconds: float) -> None:
    assert _lasting(error) == seconds
    assert 0.0 < DEMANDING_SECONDS < UNREADABLE_SECONDS
