"""What came of it, as a table, and whether it is what was promised."""

import signal
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from services.skills.model import Status, Trigger
from tests.chaos import bound
from tests.chaos.aftermath import Aftermath
from tests.chaos.journal import Journal, Outcome
from tests.chaos.load import Accepted
from tests.chaos.stages import SERVERS
from tests.chaos.struck import Struck

LEFT_BY = {
    "enrich": frozenset({"caption", "alt-text", "structured-metadata"}),
    "thumbnail": frozenset({"thumbnail_256"}),
    "": frozenset[str](),
}
"""What an upload has once its skill has run."""
MOST_TAKEOVER_SECONDS = 10.0


@dataclass(frozen=True)
class Verdict:
    """The rows of the table, and what is wrong."""

    rows: Mapping[str, str]
    faults: Sequence[str]

    def __str__(self) -> str:
        width = max(map(len, self.rows))
        lines = [f"{name:<{width}}  {value}" for name, value in self.rows.items()]
        return "\n".join([*lines, *(f"FAULT {each}" for each in self.faults)])


@dataclass(frozen=True)
class Played:
    """One run of the chaos test."""

    backend: str
    seed: int
    accepted: Accepted
    journal: Journal
    struck: Sequence[Struck]
    after: Aftermath
    codes: Mapping[str, Sequence[int]]
    """How the lives of each process have ended."""


def judged(played: Played) -> Verdict:
    """Counts and compares."""
    accepted, after, journal = played.accepted, played.after, played.journal
    lost, failed = _lost(accepted, after), _failed(accepted, after)
    doubled, left = _doubled(accepted, after), _left(accepted, after)
    orphans = [f"object {key}" for key in after.objects - after.named_objects]
    beyond = bound.unexcused(journal, played.struck, after.steps_ended)
    steps = journal.by_step()
    calls = sum(map(len, steps.values()))
    flying = bound.in_flight(journal, played.struck, after.steps_ended)
    seconds = sorted(bound.takeovers(journal, played.struck).values())
    ended = [each for each in after.executions.values() if Status(each.status).ended]
    outcomes = Counter(call.outcome for call in journal.calls)
    rows = {
        "backend": f"{played.backend}, seed {played.seed}",
        "kills": _kills(played.struck),
        "outages": _listed([blow.victim for blow in played.struck if blow.victim in SERVERS]),
        "assets accepted": f"{len(accepted.uploads)}, {len(accepted.deleted)} of them deleted",
        "runs accepted": str(accepted.runs),
        "runs ended": f"{len(ended)} of {len(after.executions)} that are known",
        "runs succeeded": str(sum(each.status == Status.SUCCEEDED for each in ended)),
        "lost": str(len(lost)),
        "failed": str(len(failed)),
        "doubled": str(len(doubled)),
        "steps that asked": str(len(steps)),
        "calls": f"{calls}, and {outcomes[Outcome.REFUSED]} that were refused",
        "calls that were cut off": str(outcomes[Outcome.CUT]),
        "in flight at the kills": str(flying),
        "bound": f"{calls} ≤ {len(steps)} + {flying}; {len(beyond)} without a reason",
        "takeovers": _told(seconds),
        "orphans": f"{len(orphans)}, after {after.swept} were swept",
        "left of what was deleted": str(len(left)),
    }
    faults = [*lost, *failed, *doubled, *orphans, *beyond, *left, *_crashes(played)]
    if calls > len(steps) + flying:
        faults.append("more calls than steps and calls in flight")
    if seconds and seconds[-1] > MOST_TAKEOVER_SECONDS:
        faults.append(f"a takeover took {seconds[-1]:.1f} s")
    return Verdict(rows, faults)


def _lost(accepted: Accepted, after: Aftermath) -> list[str]:
    found = [f"object {key} of a row is not there" for key in after.named_objects - after.objects]
    found += [f"{after.messages} messages are still to be told"] * bool(after.messages)
    found += [f"execution {execution_id} is ahead for the engine" for execution_id in after.ahead]
    for execution_id, each in after.executions.items():
        if not Status(each.status).ended:
            found.append(f"execution {execution_id} is {each.status}")
    for execution_id in accepted.executions.keys() - after.executions.keys():
        found.append(f"execution {execution_id} was accepted and is not there")
    ran = {each.asset_id for each in after.executions.values() if each.trigger == Trigger.UPLOAD}
    for asset_id, skill in accepted.uploads.items():
        if asset_id in accepted.deleted:
            continue
        if asset_id not in after.assets:
            found.append(f"asset {asset_id} was accepted and is not there")
        if skill and asset_id not in ran:
            found.append(f"the upload of {asset_id} was to run {skill} and has no execution")
        lacking = LEFT_BY[skill] - after.kinds.get(asset_id, frozenset())
        found += [f"asset {asset_id} has no {kind}" for kind in lacking]
    return found


def _failed(accepted: Accepted, after: Aftermath) -> list[str]:
    return accepted.failed_runs + [
        f"execution {execution_id} of asset {each.asset_id} is {each.status}: "
        + "; ".join(each.troubles)
        for execution_id, each in after.executions.items()
        if each.status in (Status.FAILED, Status.CANCELLED)
    ]


def _doubled(accepted: Accepted, after: Aftermath) -> list[str]:
    runs = Counter(
        each.asset_id for each in after.executions.values() if each.trigger == Trigger.UPLOAD
    )
    found = [
        f"asset {asset_id} has {n} runs of its upload" for asset_id, n in runs.items() if n > 1
    ]
    for asset_id, skill in accepted.uploads.items():
        if skill:
            more = after.kinds.get(asset_id, frozenset()) - LEFT_BY[skill]
            found += [f"asset {asset_id} has {kind} as well" for kind in more]
    return found


def _left(accepted: Accepted, after: Aftermath) -> list[str]:
    found = []
    for asset_id in accepted.deleted:
        if asset_id in after.assets | after.of_assets:
            found.append(f"asset {asset_id} was deleted and has rows")
        found += [f"object {key} of a deleted asset" for key in after.objects if asset_id in key]
    return found


def _crashes(played: Played) -> list[str]:
    """Ends that nobody has asked for."""
    found = []
    for name, codes in played.codes.items():
        fine = {0, -signal.SIGKILL}
        if any(blow.victim == name and blow.number is signal.SIGTERM for blow in played.struck):
            fine |= {1, -signal.SIGTERM}  # while it was starting
        if any(blow.victim == name and blow.number is signal.SIGCONT for blow in played.struck):
            fine |= {1}  # it was taken over
        if any(blow.victim in SERVERS for blow in played.struck):
            fine |= {2}  # it could not start
        found += [f"{name} ended with {code}" for code in codes if code not in fine]
    return found


def _kills(struck: Sequence[Struck]) -> str:
    dealt = [
        f"{blow.victim} {blow.number.name}"
        for blow in struck
        if blow.number is not signal.SIGCONT and blow.victim not in SERVERS
    ]
    return f"{len(dealt)}: {_listed(dealt)}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"{n} {name}" for name, n in sorted(Counter(names).items())) or "none"


def _told(seconds: Sequence[float]) -> str:
    if not seconds:
        return "none that could be measured"
    return (
        f"{len(seconds)}, {seconds[0]:.1f} s at least, {median(seconds):.1f} s in the middle, "
        f"{seconds[-1]:.1f} s at most"
    )
