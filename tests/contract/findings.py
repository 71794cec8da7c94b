"""What the doctor's checks have found, for tests to look at."""

from services.chassis.finding import Finding, Findings, Verdict

WELL, WRONG, NOTE = Verdict.WELL, Verdict.WRONG, Verdict.NOTE


async def gathered(findings: Findings) -> dict[str, Finding]:
    """The findings by what they are about; each must be about something else."""
    found = [finding async for finding in findings]
    by_name = {finding.about: finding for finding in found}
    assert len(by_name) == len(found)
    return by_name


def amiss(found: dict[str, Finding]) -> dict[str, Verdict]:
    """What is not well, and how."""
    return {name: each.verdict for name, each in found.items() if each.verdict is not WELL}
