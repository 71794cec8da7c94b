"""The text in a picture, as far as it can be read with certainty.

Of our modules this alone imports rapidocr, and OpenCV, which that needs; in a child process only,
see `sight`.
"""

from functools import cache
from typing import Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image
from rapidocr import RapidOCR
from rapidocr.utils.process_img import get_rotate_crop_image

from services.providers.local_engine import models

SURE = 0.9
"""Least confidence in a line that is kept."""
MOST_TO_READ = 1500
"""How long all lines together may be, by their heights: what takes two cores six seconds."""
_LEAST_LETTERS = 2
"""Below, a line is as likely a ring or a crack."""
_LEAST_SIDE = 24
"""Pixels. In what is narrower nothing can be read."""
_LONGEST_SIDE = 1568
"""Of what is searched, in pixels: the preview as it is."""

_Pixels: TypeAlias = npt.NDArray[np.uint8]


def text_in(picture: Image.Image, threads: int, most: float = MOST_TO_READ) -> str:
    """The lines that are sure, from top to bottom; "" if there are none.

    Of more text than `most` the rest is left out.
    """
    if min(picture.size) < _LEAST_SIDE:
        return ""
    reader = _reader(threads)
    # It expects channels as OpenCV has them.
    pixels = np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])
    read: list[str] = []
    left = most
    for line in _lines(reader, pixels):
        height, width = line.shape[:2]
        left -= width / height
        if left < 0:
            break
        read += _sure(reader(line, use_det=False, use_rec=True))
    return "\n".join(read)


def _lines(reader: RapidOCR, pixels: _Pixels) -> list[_Pixels]:
    """The lines of text, each upright in a picture of its own."""
    found: Any = reader(pixels, use_det=True, use_rec=False)
    return [get_rotate_crop_image(pixels, box) for box in (found.boxes if len(found) else ())]


def _sure(found: Any) -> list[str]:
    told = zip(found.txts or (), found.scores or (), strict=True)
    texts = [text.strip() for text, score in told if score >= SURE]
    return [text for text in texts if len(text) >= _LEAST_LETTERS]


@cache
def _reader(threads: int) -> RapidOCR:
    """Its models are given by path: it downloads those that it is to choose and does not find."""
    cv2.setNumThreads(threads)
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            # It would make what is narrow hundreds of times as large, and so would "min" below.
            "Global.use_preprocess_img": False,
            "Det.model_path": str(models.text_detector()),
            "Det.limit_type": "max",
            "Det.limit_side_len": _LONGEST_SIDE,
            "Rec.model_path": str(models.text_recogniser()),
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
