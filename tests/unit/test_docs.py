"""README.md and docs/: what they name is there, and their tables are what the code gives."""

import gc
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import chain, takewhile
from pathlib import Path

import pytest

from docs import generate, reasons
from docs.settings import all_settings

ROOT = Path(__file__).parent.parent.parent
ADRS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted(ADRS)]
PAGES.append(ROOT / "docs" / "adr" / "README.md")
SETTERS = [ROOT / "docker-compose.yml", ROOT / ".env.example", ROOT / "Dockerfile"]
CODE = sorted(chain((ROOT / "services").rglob("*.py"), (ROOT / "gateway").rglob("*.py")))

EVERY_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@pytest.fixture(autouse=True, scope="module")
def undisturbed() -> Iterator[None]:
    """CPython 3.11 fails to parse when it collects an earlier test's greenlet meanwhile."""
    gc.disable()
    yield
    gc.enable()


def commands(text: str, program: str) -> set[tuple[str, ...]]:
    """The arguments of every call of a program in a page's code: between backticks or indented."""
    calls = re.findall(rf"(?:`|^    ){program} ([^`\n#]+)", text, re.MULTILINE)
    return {tuple(call.split()) for call in calls}


def test_the_tables_are_what_the_code_gives() -> None:
    command = [sys.executable, "-m", "docs.generate", "--check"]
    check = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (check.returncode, check.stderr) == (0, "")


@pytest.mark.parametrize("name", generate.PAGES)
def test_rows_that_are_missing_are_written_anew(name: str) -> None:
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    without, tables = re.subn(
        r"(<!-- table: .*? -->\n).*?(<!-- end -->)", r"\1\2", page, flags=re.DOTALL
    )
    assert tables > 0
    assert without != page
    assert generate.generated(without) == page


@pytest.mark.parametrize("service", reasons.SERVICES)
def test_a_reason_is_raised_with_the_status_that_its_comment_says(service: str) -> None:
    told = {reason.name: reason.kind for reason in reasons.of_service(service)}
    folders = (ROOT / "services" / service, ROOT / "gateway")
    raised = {pair for folder in folders for pair in reasons.raised_in(folder)}
    assert any(reason in told for reason, _ in raised)
    assert {
        (reason, kind) for reason, kind in raised if told.get(reason, kind) is not kind
    } == set()


@pytest.mark.parametrize("service", reasons.SERVICES)
def test_a_service_raises_no_reason_that_is_not_told(service: str) -> None:
    told = {reason.name for reason in reasons.of_service(service)} | reasons.OUTSIDE.keys()
    raised = {reason for reason, _ in reasons.raised_in(ROOT / "services" / service)}
    assert raised - told == set()


@EVERY_PAGE
def test_a_link_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


# One page names the files that its reader is to make.
@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "writing-a-step.md"])
def test_a_path_in_the_text_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    folders = "services|gateway|protos|docs|tests|bench|requirements"
    paths = re.findall(rf"`((?:{folders})/[\w./-]+)`", text)
    assert [path for path in paths if not (ROOT / path).exists()] == []


@EVERY_PAGE
def test_a_make_target_is_there(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    calls = commands(page.read_text(encoding="utf-8"), "make")
    named = chain(*(takewhile(lambda word: "=" not in word, call) for call in calls))
    assert set(named) - targets == set()


def test_a_command_and_its_options_are_there() -> None:
    calls = set().union(*(commands(page.read_text("utf-8"), "nekohub") for page in PAGES))
    named = {call[0] for call in calls if not call[0].startswith("-")}
    assert {"serve", "worker"} <= named
    for command in sorted(named):
        help_text = usage(command)
        for call in (call for call in calls if call[0] == command):
            for argument in call[1:]:
                assert re.search(rf"(?<![\w-]){re.escape(argument)}(?![\w-])", help_text), call


def usage(command: str) -> str:
    """What a command says of itself; fails for one that there is not."""
    nekohub = Path(sys.executable).with_name("nekohub")
    return subprocess.run(
        [nekohub, command, "--help"], capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.parametrize("files", [PAGES, SETTERS, CODE], ids=["docs", "containers", "code"])
def test_a_variable_is_a_setting(files: Sequence[Path]) -> None:
    named = {
        (variable, str(file.relative_to(ROOT)))
        for file in files
        for variable in re.findall(r"NEKOHUB_[A-Z0-9_]*[A-Z0-9]", file.read_text(encoding="utf-8"))
    }
    settings = {setting.variable for setting in all_settings()}
    assert {variable for variable, _ in named} & settings
    assert {(variable, file) for variable, file in named if variable not in settings} == set()


def test_decisions_are_numbered_and_indexed() -> None:
    index = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    assert [int(path.name[:4]) for path in ADRS] == list(range(1, len(ADRS) + 1))
    assert re.findall(r"\]\((\d{4}[^)]+)\)", index) == [path.name for path in ADRS]
    for path in ADRS:
        text = path.read_text(encoding="utf-8")
        title = re.match(r"# \d+\. (.+)\n", text)
        assert title is not None
        assert f"[{title[1]}]({path.name})" in index
        assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == [
            "Context",
            "Decision",
            "Consequence",
        ]
