"""Writes the tables in docs/ that are told from the code, or checks that they are up to date.

A table stands in its page between `<!-- table: NAME -->` and `<!-- end -->`; the rest of the page
is written by people. `--check` changes nothing and fails when a table is stale.
"""

import argparse
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from docs import methods, reasons, settings, skills
from docs.reasons import Reason
from gateway.endpoint import Endpoint
from gateway.routes.table import TABLE
from services.skills.parameters import parameters_of

FOLDER = Path(__file__).resolve().parent
PAGES = ("errors.md", "grpc.md", "http-api.md", "settings.md", "skills.md")
_TYPE = re.compile(r":\w+\}")
"""What a place of a path takes, which is Starlette's to know."""
_TABLE = re.compile(r"(<!-- table: ([a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def _reasons(found: Iterable[Reason]) -> str:
    rows = []
    for reason in found:
        status, code = reason.http_answer
        rows.append((f"`{reason.name}`", reason.when, reason.grpc_status, str(status), f"`{code}`"))
    return _table(("reason", "when", "gRPC status", "HTTP status", "HTTP code"), rows)


def _settings() -> str:
    rows = (
        (f"`{each.variable}`", f"`{each.default}`" if each.default else "–", each.meaning)
        for each in settings.all_settings()
    )
    return _table(("variable", "default", "meaning"), rows)


def _skills() -> str:
    rows = (
        (f"`{skill.name}`", _codes(skill.steps), skill.description) for skill in skills.skills()
    )
    return _table(("skill", "steps", "description"), rows)


def _steps() -> str:
    rows = (
        (
            f"`{step.name}`",
            skills.does(step),
            _codes(step.needs) or "–",
            _codes(step.after) or "–",
            "; ".join(map(skills.told, parameters_of(step.params))) or "–",
        )
        for step in skills.steps_by_name()
    )
    return _table(("step", "does", "needs", "after", "parameters"), rows)


def _methods() -> str:
    rows = (
        (f"`{each.service.rpartition('.')[2]}/{each.name}`", each.takes, each.gives, each.does)
        for each in methods.methods()
    )
    return _table(("method", "takes", "gives", "does"), rows)


def _routes() -> str:
    rows = (
        (
            f"`{each.method} {_TYPE.sub('}', each.path)}`",
            _who(each),
            each.summary,
        )
        for each in TABLE
    )
    return _table(("route", "permission", "does"), rows)


TABLES: dict[str, Callable[[], str]] = {
    "reasons of the gateway": lambda: _reasons(reasons.outside()),
    "reasons of accounts": lambda: _reasons(reasons.of_service("accounts")),
    "reasons of assets": lambda: _reasons(reasons.of_service("assets")),
    "reasons of providers": lambda: _reasons(reasons.of_service("providers")),
    "reasons of skills": lambda: _reasons(reasons.of_service("skills")),
    "methods": _methods,
    "routes": _routes,
    "settings": _settings,
    "skills": _skills,
    "steps": _steps,
}


def _who(endpoint: Endpoint) -> str:
    if endpoint.permission is not None:
        return f"`{endpoint.permission}`"
    return "signed in" if endpoint.signed_in else "–"


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines
    )


def generated(page: str) -> str:
    """A page's text with its tables as the code gives them now."""
    return _TABLE.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}{found[3]}", page)


def stale() -> dict[Path, str]:
    """The pages whose tables are not what the code gives, each with its right text."""
    texts = {FOLDER / name: (FOLDER / name).read_text(encoding="utf-8") for name in PAGES}
    fresh = {path: generated(text) for path, text in texts.items()}
    return {path: text for path, text in fresh.items() if text != texts[path]}


def main() -> None:
    """Reads the one option and does it."""
    parser = argparse.ArgumentParser(prog="python -m docs.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, fail if stale")
    options = parser.parse_args()
    pages = stale()
    if options.check:
        if pages:
            names = ", ".join(sorted(path.name for path in pages))
            raise SystemExit(f"not what the code gives, run 'make docs': {names}")
        return
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
