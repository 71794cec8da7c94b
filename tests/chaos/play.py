"""One run of the chaos test from the first process to the verdict."""

import logging
import signal
from asyncio import gather
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from tests.chaos.aftermath import looked_at, quiet
from tests.chaos.blows import Blow, Outage
from tests.chaos.journal import Journal
from tests.chaos.load import loaded
from tests.chaos.model import Model
from tests.chaos.moments import Moments
from tests.chaos.monkey import Monkey
from tests.chaos.stages import STAGES
from tests.chaos.struck import Struck
from tests.chaos.verdict import Played, Verdict, judged
from tests.fakes import served

Plan = Callable[[Random], Sequence[Blow | Outage]]
_log = logging.getLogger(__name__)


async def played(backend: str, folder: Path, plan: Plan, seed: int) -> Verdict:
    """Plays a plan on "sqlite" or "postgres"; logs stay in `folder`."""
    random = Random(seed)
    blows = plan(random)
    moments = Moments()
    journal = Journal(moments)
    async with (
        served(Model(journal, Random(seed))) as model,
        STAGES[backend](folder) as stage,
    ):
        await stage.ready()
        async with stage.client() as client:
            await client.use(model)
        monkey = Monkey(stage, journal, moments, random)
        async with loaded(stage, moments, Random(seed)) as load:
            await monkey.rage(blows)
            await stage.ready()
        _log.info("waiting for the last runs")
        await quiet(stage.settings)
        _write_down(folder / "calls-and-blows.log", journal, monkey.struck)
        codes = {name: list(each.codes) for name, each in stage.kept.items()}
        await gather(*(each.end(signal.SIGTERM) for each in stage.kept.values()))
        return judged(
            Played(
                backend=backend,
                seed=seed,
                accepted=load.accepted,
                journal=journal,
                struck=monkey.struck,
                after=await looked_at(stage.settings),
                codes=codes,
            )
        )


def _write_down(path: Path, journal: Journal, struck: Sequence[Struck]) -> None:
    """In the order of time, for whoever has to find out what happened."""
    lines = [(blow.at, f"{blow.number.name} {blow.victim}") for blow in struck]
    lines += [(call.arrived_at, str(call)) for call in journal.calls]
    path.write_text("".join(f"{at:.3f} {line}\n" for at, line in sorted(lines)))
