"""How likely each of ImageNet's thousand things is to be what a picture shows.

Of our modules this alone imports onnxruntime; in a child process only, see `sight`.
"""

from functools import cache

import numpy as np
import numpy.typing as npt
import onnxruntime
from PIL import Image

from services.providers.local_engine import efficientnet, models
from services.providers.local_engine.checkpoint import tensors

_SIDE = efficientnet.SIDE
_MARGIN = 256 / 224
"""The network was trained and is judged on the middle of a picture."""


def probabilities(picture: Image.Image, threads: int) -> list[float]:
    """One for each class, of an RGB picture.

    It is looked at twice, the middle by itself and the whole squeezed into a square, so that
    what is at a side or fills everything counts, too.
    """
    session = _session(threads)
    name = session.get_inputs()[0].name
    views = (_middle(picture), picture.resize((_SIDE, _SIDE), Image.Resampling.BICUBIC))
    told = [session.run(None, {name: _numbers(view)})[0][0] for view in views]
    return [float(each) for each in np.mean(told, axis=0)]


@cache
def _session(threads: int) -> onnxruntime.InferenceSession:
    onnxruntime.set_default_logger_severity(4)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that wait for work would keep the cores from others.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    network = efficientnet.model(tensors(models.classifier_weights()))
    return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])


def _middle(picture: Image.Image) -> Image.Image:
    side = min(picture.size) / _MARGIN
    left, top = (picture.width - side) / 2, (picture.height - side) / 2
    box = (left, top, left + side, top + side)
    return picture.resize((_SIDE, _SIDE), Image.Resampling.BICUBIC, box=box)


def _numbers(picture: Image.Image) -> npt.NDArray[np.float32]:
    """The network's input: channels first, from -1 to 1."""
    values = (np.asarray(picture, np.float32) - np.float32(127)) / np.float32(128)
    return values.transpose(2, 0, 1)[np.newaxis]
