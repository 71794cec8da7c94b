"""The command from its arguments to its exit code."""

import re
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from services import lifetime
from services.chassis import unread
from services.chassis.errors import ProcessUseless, StartRefused
from services.enrich import rows
from services.enrich.hub import Hub, Patience
from services.enrich.pictures import Terms, enrich
from services.enrich.plan import Item, planned
from services.enrich.progress import Progress
from services.enrich.rows import Row
from services.results import shown

EXIT_FAILED = 1
"""Something did not succeed."""
EXIT_INTERRUPTED = 130
"""What a shell says of a command that Ctrl-C has ended."""
_RESUME = "the same command within 24 hours goes on where this one has ended"
_KEY = re.compile(r"[\x21-\x7e]+")


class OrderRefused(StartRefused):
    """What was asked for cannot be done as it is."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a person has asked for."""

    paths: Sequence[Path]
    content_types: Sequence[str]
    """Of the pictures that folders are searched for."""
    skill: str
    url: str
    key: str | None = field(repr=False)
    """None if none was found."""
    as_json: bool
    concurrency: int


def run(order: Order) -> int:
    """Uploads, waits, prints; gives the exit code.

    What has ended is printed, however the rest ends. Raises StartRefused for what is wrong with
    the order, and ProcessUseless when there is no hub or it takes no more, and when nothing can be
    printed.
    """
    progress = Progress()
    try:
        items = planned(order.paths, order.content_types)
        progress.total = len(items)
        return _done(order, items, progress)
    except KeyboardInterrupt:
        progress.note(f"interrupted; {_so_far(progress)}")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Who has read what was printed wants no more.
        unread.let_go(sys.stdout)
        return EXIT_FAILED
    except rows.NotPrinted as error:
        unread.let_go(sys.stdout)
        raise ProcessUseless(f"{error}; {_so_far(progress)}") from None
    except ProcessUseless:
        if progress.uploaded:
            progress.note(_so_far(progress))
        raise


def _so_far(progress: Progress) -> str:
    return (
        f"{progress.ended} of {progress.total} have ended; {progress.uploaded} are uploaded, and "
        f"their runs go on; {_RESUME}"
    )


def _done(order: Order, items: Sequence[Item], progress: Progress) -> int:
    ended: dict[int, Row] = {}

    def end(place: int, row: Row) -> None:
        ended[place] = row
        if order.as_json:
            rows.print_line(row)

    # A bar and lines of JSON would write over each other.
    is_drawn = sys.stderr.isatty() and not (order.as_json and sys.stdout.isatty())
    try:
        with progress.drawn() if is_drawn else nullcontext():
            lifetime.to_the_end(_all(order, items, progress, end))
    finally:
        found = [ended[place] for place in sorted(ended)]
        if found and not order.as_json:
            rows.print_table(found)
            for remark in dict.fromkeys(row.results.remark for row in found):
                if remark is not None:
                    progress.note(remark)
    succeeded = sum(row.error is None for row in found)
    progress.note(f"{succeeded} of {len(items)} succeeded")
    return 0 if succeeded == len(items) else EXIT_FAILED


async def _all(
    order: Order, items: Sequence[Item], progress: Progress, end: Callable[[int, Row], None]
) -> None:
    # As many again for those that wait.
    hub = Hub(order.url, Patience(), 2 * order.concurrency, progress.note)
    async with hub:
        most_bytes = await hub.most_bytes()
        hub.show(_key(order))
        skills = [each["skillName"] for each in await hub.data("GET", "/assets/skills")]
        if order.skill not in skills:
            raise OrderRefused(
                f"the hub has no skill {shown(order.skill)}; it has {shown(', '.join(skills))}"
            )
        terms = Terms(order.skill, most_bytes, order.concurrency)
        await enrich(hub, items, terms, progress, end)


def _key(order: Order) -> str:
    if order.key is None:
        raise OrderRefused("no API key was found: give --api-key or NEKOHUB_API_KEYS")
    if not _KEY.fullmatch(order.key):
        raise OrderRefused("the API key is none: printable ASCII without spaces is one")
    return order.key
