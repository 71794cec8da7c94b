"""A decoder process: reads tasks as JSON lines from stdin, answers each with two JSON lines.

The first says that the task is begun, so that a death before is not put down to the picture.

Started by `services.chassis.pixels.pool` as `python -m services.chassis.pixels.child BYTES`, where
BYTES limits the address space. Ends when stdin closes, that is, when its parent is gone.
"""

import contextlib
import importlib
import json
import resource
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.chassis import parent
from services.chassis.pixels import picture  # noqa: F401  (loads Pillow before the first task)
from services.chassis.pixels.errors import (
    PictureError,
    PictureTooDemanding,
    PictureUnreadable,
    PixelWorkFailed,
)


def named(name: str) -> Callable[..., Any]:
    """The module-level function called "package.module:qualname"."""
    module, _, qualname = name.partition(":")
    found: Any = importlib.import_module(module)
    for part in qualname.split("."):
        found = getattr(found, part)
    if not callable(found):
        raise TypeError(f"{name} is not a function")
    return found  # type: ignore[no-any-return]


def answered(line: str) -> str:
    """Runs one task and gives the line that answers it."""
    task = json.loads(line)
    try:
        result = named(task["function"])(task["path"], *task["positional"], **task["named"])
        return json.dumps({"result": result})
    except PictureError as error:
        return failure(error)
    except MemoryError:
        return failure(PictureTooDemanding("the picture needs more memory than one may take"))
    except Exception as error:  # noqa: BLE001  (a plugin's function may raise anything)
        if isinstance(error, FileNotFoundError) and error.filename == task["path"]:
            # A deletion took it away; that is nobody's mistake.
            return failure(PictureUnreadable("the picture is gone"))
        traceback.print_exc()
        return failure(PixelWorkFailed(f"the picture could not be processed: {_brief(error)}"))


def failure(error: PictureError) -> str:
    """The line that tells of an error."""
    return json.dumps({"error": type(error).__name__, "message": str(error)})


def _brief(error: Exception) -> str:
    text = (
        type(error).__name__ if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
    )
    return text.splitlines()[0][:200]


def confine(address_space_bytes: int) -> None:
    """Limits memory, forbids core dumps, and ties this process's life to its parent's."""
    parent.tie()
    for limit, value in (
        (resource.RLIMIT_AS, address_space_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        # macOS refuses RLIMIT_AS; the deadline still holds there.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))
    if sys.platform == "linux":
        # When memory runs out, the kernel should take this process and not the hub.
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")


def main() -> None:
    """Serves tasks until stdin closes."""
    tasks, answers = parent.own_pipes()
    confine(int(sys.argv[1]))
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in tasks:
        print(json.dumps({"begun": True}), file=answers, flush=True)
        print(answered(line), file=answers, flush=True)


if __name__ == "__main__":
    main()
