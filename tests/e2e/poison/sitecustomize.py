"""Gives the decoders of a hub a bug: a JPEG of a certain size makes them crash.

Python loads this at its start where the folder is in PYTHONPATH.
"""

import os
import signal
import sys

POISONOUS = (66, 6)
"""Pixels."""

if "services.chassis.pixels.child" in sys.orig_argv:
    from PIL.JpegImagePlugin import JpegImageFile

    healthy = JpegImageFile.load_prepare

    def crashing(picture: JpegImageFile) -> None:
        """Dies as decoders in C do."""
        if picture.size == POISONOUS:
            os.kill(os.getpid(), signal.SIGSEGV)
        healthy(picture)

    JpegImageFile.load_prepare = crashing  # type: ignore[method-assign, assignment]
