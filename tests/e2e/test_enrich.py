"""`nekohub enrich`: folders of pictures, ends before time, hubs that go and come, hostile text."""

import asyncio
import json
import os
import pty
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

from services.enrich import pictures
from services.enrich.hub import Hub as EnrichHub
from services.enrich.hub import NotAllowed, Patience, Refused
from services.enrich.progress import Progress
from services.enrich.rows import Row
from services.enrich.run import NoOutcome, is_gone, outcome
from services.enrich.upload import Uploaded
from tests.conftest import free_port
from tests.e2e.hub_process import CAT, Client, Hub, another_cat
from tests.fakes import ANSWERS, CAPTIONS, FakeOpenAI, Scripted, fake_openai
from tests.unit.pictures import encoded, gradient

STEPS = 3
TERMS = pictures.Terms("enrich", 10_485_760, 8)
CAPTION = ANSWERS["caption"]["caption"]
pytestmark = pytest.mark.usefixtures("interruptible")


@pytest.fixture(scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hub]:
    """A hub that comes back to the same address."""
    running = Hub(tmp_path_factory.mktemp("hub"), port=free_port())
    try:
        yield await running.start()
    finally:
        await running.end()


@pytest.fixture(scope="module")
async def model(hub: Hub) -> AsyncIterator[FakeOpenAI]:
    """The active AI provider."""
    async with fake_openai() as running:
        async with hub.client() as client:
            await client.use(running)
        yield running


@pytest.fixture
def fake(model: FakeOpenAI) -> Iterator[FakeOpenAI]:
    """The same, as if it had just started."""
    model.requests.clear()
    yield model
    model.answers, model.let_through = {**ANSWERS}, frozenset()
    if model.gate is not None:
        # Who is held back has a place at the profile.
        model.gate.set()


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A folder of two pictures that no other test has."""
    made = tmp_path / "pictures"
    (made / "deeper").mkdir(parents=True)
    name = request.node.name
    for place, suffix in (("a", b"1"), ("deeper/b", b"2")):
        (made / f"{place}.jpg").write_bytes(another_cat()[:-2] + _comment(name, suffix))
    return made


def _comment(name: str, suffix: bytes) -> bytes:
    """The end of a JPEG, after a segment that makes its bytes another file's."""
    text = name.encode() + suffix
    return b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text + b"\xff\xd9"


async def _started(hub: Hub, *arguments: str | Path, **how: Any) -> Process:
    known = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    settings = {
        "NEKOHUB_DATA_DIR": str(hub.folder),
        "NEKOHUB_PORT": str(hub.port),
    }
    # What a shell is to do with stdout and stderr, such as closing them.
    redirected = how.pop("redirected", "")
    return await asyncio.create_subprocess_exec(
        "sh",
        "-c",
        f'exec "$@" {redirected}',
        "sh",
        sys.executable,
        "-m",
        "services",
        "enrich",
        *map(str, arguments),
        env=known | settings | how.pop("settings", {}),
        stdout=PIPE,
        stderr=how.pop("stderr", PIPE),
    )


async def _ended(process: Process) -> tuple[int, str, str]:
    try:
        async with asyncio.timeout(30):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode is not None
    return process.returncode, out.decode(), (err or b"").decode()


async def enrich(hub: Hub, *arguments: str | Path, **how: Any) -> tuple[int, str, str]:
    """The exit code, and what was printed on stdout and stderr."""
    return await _ended(await _started(hub, *arguments, **how))


async def rows(hub: Hub, *arguments: str | Path) -> tuple[int, dict[str, Any]]:
    """The exit code, and the lines of JSON by the names of their files."""
    code, out, _ = await enrich(hub, *arguments, "--json")
    found = [json.loads(line) for line in out.splitlines()]
    by_name = {Path(row["file"]).name: row for row in found}
    assert len(by_name) == len(found)
    return code, by_name


def no_note(text: str) -> None:
    """Nobody listens."""


def no_row(place: int, row: Row) -> None:
    """There is none."""
    raise AssertionError(row)


async def total(client: Client, what: str = "assets") -> int:
    """How many there are."""
    found: int = (await client.data("GET", f"/{what}?pageSize=1"))["total"]
    return found


async def test_a_folder_with_bad_files_between(hub: Hub, fake: FakeOpenAI, folder: Path) -> None:
    (folder / "broken.png").write_bytes(b"no picture")
    (folder / "empty.gif").touch()
    (folder / "huge.webp").touch()
    os.truncate(folder / "huge.webp", 2**40)
    (folder / "notes.txt").write_text("not looked at")
    code, out, err = await enrich(hub, folder)
    assert code == 1
    lines = [line.split("  ") for line in out.splitlines() if line.strip()]
    cells = [[cell.strip() for cell in line if cell.strip()] for line in lines]
    assert cells[0] == ["file", "caption", "alt text", "tags", "status"]
    done = [CAPTION, ANSWERS["alt-text"]["altText"], "cat, tabby, indoors", "done"]
    assert cells[2] == [f"{folder}/a.jpg", *done]
    assert cells[3][0] == f"{folder}/broken.png"
    assert cells[3][-1].startswith("failed: the file is not a JPEG, PNG")
    assert cells[4] == [f"{folder}/deeper/b.jpg", *done]
    assert cells[5][-1] == "failed: the file has no bytes"
    assert cells[6][-1].endswith("the hub takes at most 10485760")
    assert len(cells) == 7
    assert f"{folder}/deeper/b.jpg: done" in err
    assert err.splitlines()[-1] == "2 of 5 succeeded"


async def test_json_and_a_second_time(
    hub: Hub, client: Client, fake: FakeOpenAI, folder: Path
) -> None:
    before = await total(client)
    code, found = await rows(hub, folder)
    assert code == 0
    assert set(found) == {"a.jpg", "b.jpg"}
    for row in found.values():
        asset = await client.data("GET", f"/assets/{row['assetId']}")
        assert row == {
            "file": row["file"],
            "assetId": asset["id"],
            "succeeded": True,
            "error": None,
            "caption": CAPTION,
            "altText": ANSWERS["alt-text"]["altText"],
            "structuredResults": asset["structuredResults"],
            "derivatives": [],
        }
        assert asset["latestExecutionSummary"]["triggerSource"] == "upload"
    # Equal bytes under an equal name are the same picture; another name is another.
    twin, other = folder / "twin" / "a.jpg", folder / "other.jpg"
    twin.parent.mkdir()
    for copy in (twin, other):
        copy.write_bytes((folder / "a.jpg").read_bytes())
    code, out, _ = await enrich(hub, folder / "a.jpg", folder, twin, "--json")
    again = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert len(again) == 4
    assert await total(client) == before + 3
    assert {row["assetId"] for row in found.values()} < {row["assetId"] for row in again}
    assert len(fake.requests) == 3 * STEPS
    await client.data("DELETE", f"/assets/{found['a.jpg']['assetId']}")
    code, gone = await rows(hub, folder / "a.jpg")
    assert (code, gone["a.jpg"]["assetId"]) == (1, None)
    assert "deleted since" in gone["a.jpg"]["error"]


async def test_results_of_other_skills(hub: Hub, folder: Path) -> None:
    code, out, _ = await enrich(hub, folder, "--skill", "thumbnail")
    assert code == 0
    header, _, first, *_ = (line for line in out.splitlines() if line.strip())
    assert header.split() == ["file", "results", "status"]
    assert "thumbnail_256: 256 × 170, " in first
    code, found = await rows(hub, folder, "--skill", "thumbnail")
    assert code == 0
    assert [each["kind"] for each in found["a.jpg"]["derivatives"]] == ["thumbnail_256"]


async def test_text_of_strangers_tells_a_terminal_nothing(
    hub: Hub, fake: FakeOpenAI, folder: Path
) -> None:
    evil = "\x1b[2J\x1b]0;owned\x07\x9b31m[bold red]x[/]\u202egpj.\r\n:cat:"
    fake.answers["caption"] = {"caption": f"Cat {evil}"}
    fake.answers["alt-text"] = Scripted(400, {"error": {"message": f"No {evil}"}})
    name = folder / f"{evil.replace('/', '')}.jpg"
    (folder / "a.jpg").rename(name)
    printed = ""
    for more in ([], ["--json"], [name.with_name(f"{evil.replace('/', '')} gone")]):
        code, out, err = await enrich(hub, folder, *more)
        assert code in (1, 2)
        printed += out + err
    assert {c for c in printed if not c.isprintable()} == {"\n"}
    assert "[bold red]x[/]" in printed
    assert ":cat:" in printed
    assert "\\x1b]0;owned\\x07" in printed


async def test_a_failed_run_is_repeated_by_the_next(
    hub: Hub, client: Client, fake: FakeOpenAI, folder: Path
) -> None:
    fake.answers["alt-text"] = Scripted(400, {"error": {"message": "no pictures today"}})
    code, failed = await rows(hub, folder / "a.jpg")
    assert code == 1
    assert failed["a.jpg"]["error"].startswith("alt-text: ")
    assert "no pictures today" in failed["a.jpg"]["error"]
    assert failed["a.jpg"]["caption"] == CAPTION
    fake.answers = {**ANSWERS}
    code, mended = await rows(hub, folder / "a.jpg")
    assert code == 0
    assert mended["a.jpg"]["assetId"] == failed["a.jpg"]["assetId"]
    runs = await client.data("GET", f"/assets/{failed['a.jpg']['assetId']}/executions")
    assert [run["succeeded"] for run in runs["items"]] == [True, False]


async def test_a_workflow_of_the_skills_name_is_not_the_skill(
    hub: Hub, client: Client, fake: FakeOpenAI, folder: Path
) -> None:
    fake.answers["alt-text"] = Scripted(400, {"error": {"message": "no pictures today"}})
    _, failed = await rows(hub, folder / "a.jpg")
    fake.answers = {**ANSWERS}
    asset = f"/assets/{failed['a.jpg']['assetId']}"
    body = {"name": "enrich", "graphJson": '{"nodes": [{"type": "thumbnail"}]}'}
    made = await client.data("POST", "/system/workflows", json=body, status=201)
    try:
        # More than stand on a page.
        for _ in range(21):
            await client.data("POST", f"{asset}/workflows/{made['id']}/run", status=202)
        code, mended = await rows(hub, folder / "a.jpg")
    finally:
        await client.delete(f"/system/workflows/{made['id']}")
    assert (code, mended["a.jpg"]["altText"]) == (0, ANSWERS["alt-text"]["altText"])
    newest = (await client.data("GET", f"{asset}/executions?pageSize=1"))["items"][0]
    assert (newest["triggerSource"], newest["succeeded"]) == ("manual", True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
async def test_it_goes_on_where_it_was_ended(
    hub: Hub, client: Client, fake: FakeOpenAI, folder: Path, number: signal.Signals
) -> None:
    for place in range(20):
        (folder / f"{place}.png").write_bytes(encoded(gradient(30 + number, 30 + place), "PNG"))
    before, runs_before = await total(client), await total(client, "executions")
    fake.gate, fake.let_through = asyncio.Event(), CAPTIONS
    process = await _started(hub, folder, "--concurrency", "2")
    async with asyncio.timeout(20):
        await fake.arrived(STEPS)
    process.send_signal(number)
    code, _, err = await _ended(process)
    if number is signal.SIGINT:
        assert code == 130
        (last,) = err.splitlines()
        assert last.startswith("interrupted; 0 of 22 have ended; ")
        assert "within 24 hours" in last
    fake.gate.set()
    code, found = await rows(hub, folder)
    assert code == 0
    assert len({row["assetId"] for row in found.values()}) == 22
    assert await total(client) == before + 22
    assert await total(client, "executions") == runs_before + 22


@pytest.mark.parametrize(
    ("redirected", "code", "prints", "told"),
    [
        (">/dev/full", 1, False, "cannot be printed: No space left on device; "),
        (">&-", 0, False, "2 of 2 succeeded\n"),
        ("2>/dev/full", 0, True, ""),
        ("2>&-", 0, True, ""),
        ("2>&- >/dev/full", 1, False, ""),
        ("<&- >&- 2>&-", 0, False, ""),
    ],
)
@pytest.mark.parametrize("form", [[], ["--json"]])
@pytest.mark.usefixtures("fake")
async def test_what_cannot_be_printed_costs_no_work(
    hub: Hub, folder: Path, form: list[str], redirected: str, code: int, prints: bool, told: str
) -> None:
    ended, out, err = await enrich(hub, folder, *form, redirected=redirected)
    assert (ended, out.count(CAPTION) >= 2) == (code, prints), err
    assert told in err
    assert "Traceback" not in err
    assert "Exception" not in err
    if code:
        assert len([line for line in err.splitlines() if line.startswith("nekohub: ")]) <= 1
    # Nothing is stored or run twice.
    assert (await rows(hub, folder))[0] == 0


async def test_a_hub_comes_back_while_it_waits(hub: Hub, fake: FakeOpenAI, folder: Path) -> None:
    fake.gate, fake.let_through = asyncio.Event(), CAPTIONS
    process = await _started(hub, folder)
    async with asyncio.timeout(20):
        await fake.arrived(2 * STEPS)
    await hub.stop(signal.SIGKILL)
    await hub.start()
    fake.gate.set()
    code, out, err = await _ended(process)
    assert code == 0, err
    assert out.count(CAPTION) == 2


async def test_nothing_is_waited_for_for_ever(hub: Hub, client: Client, fake: FakeOpenAI) -> None:
    patience = Patience(begin=0)
    async with EnrichHub(hub.url, patience, 4, no_note) as api:
        api.show(hub.api_key())
        left_alone = Uploaded((await client.upload(runEnrichment="false"))["id"], True)
        with pytest.raises(NoOutcome, match="enrich has not begun within 0 s"):
            await outcome(api, left_alone, "enrich")
    fake.gate = asyncio.Event()
    async with EnrichHub(hub.url, Patience(still=0), 4, no_note) as api:
        api.show(hub.api_key())
        asked = Uploaded((await client.upload())["id"], False)
        with pytest.raises(NoOutcome, match="nothing has happened for 0 s; it goes on"):
            await outcome(api, asked, "enrich")
        await client.data("DELETE", f"/assets/{asked.asset_id}")
        with pytest.raises(Refused) as refused:
            await outcome(api, asked, "enrich")
        assert is_gone(refused.value)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--api-key", "planted-key-0123456789"], 1, "does not take this API key"),
        (["--api-key", "planted key\n"], 2, "the API key is none"),
        (["--url", "http://127.0.0.1:9"], 1, "no hub answers at http://127.0.0.1:9: "),
        (["--url", "ftp://127.0.0.1"], 2, "argument --url: 'ftp://127.0.0.1' is not accepted: an "),
        (["--url", ""], 2, "argument --url: '' is not accepted: an ASCII URL http(s)://HOST"),
        (["--skill", "nope"], 2, "the hub has no skill nope; it has enrich, "),
        (["/nowhere/cat.jpg"], 2, "/nowhere/cat.jpg does not exist"),
        ([""], 2, "argument PATH: a file or a folder"),
        ([Path("protos")], 2, "protos: no pictures in this folder"),
        (["/dev/null"], 2, "/dev/null is neither a file nor a folder"),
        (["--concurrency", "65"], 2, "a whole number from 1 to 64"),
    ],
    ids=str,
)
async def test_what_cannot_be_is_one_line(
    hub: Hub, arguments: Sequence[str | Path], code: int, told: str
) -> None:
    ended, out, err = await enrich(hub, CAT, *arguments)
    assert (ended, out) == (code, "")
    *_, line = err.splitlines()
    assert told in line
    assert "planted" not in err


async def test_a_key_that_counts_no_more_ends_it(hub: Hub, client: Client, folder: Path) -> None:
    before = await total(client)
    async with EnrichHub(hub.url, Patience(), 4, no_note) as api:
        api.show("planted-key-0123456789")
        with pytest.raises(NotAllowed, match="does not take this API key"):
            await pictures.enrich(api, [CAT, folder / "a.jpg"], TERMS, Progress(), no_row)
    assert await total(client) == before


async def test_no_key_is_told_once_the_hub_is_there(hub: Hub, tmp_path: Path) -> None:
    nothing = {"NEKOHUB_DATA_DIR": str(tmp_path / "nothing")}
    code, _, err = await enrich(hub, CAT, settings=nothing)
    assert (code, err) == (2, "nekohub: no API key was found: give --api-key or NEKOHUB_API_KEYS\n")
    assert not (tmp_path / "nothing").exists()
    keys = nothing | {"NEKOHUB_API_KEYS": f"{hub.api_key()},another-key-0123456789"}
    code, _, err = await enrich(hub, CAT, settings=keys | {"NEKOHUB_DEFAULT_SKILL": "thumbnail"})
    assert code == 0, err


def _read_to_the_end(terminal: FileIO) -> bytes:
    read = b""
    # Linux fails in place of an end.
    with suppress(OSError):
        while piece := terminal.read(4096):
            read += piece
    return read


async def test_a_bar_is_drawn_on_a_terminal(hub: Hub, fake: FakeOpenAI, folder: Path) -> None:
    ours, theirs = pty.openpty()
    with FileIO(ours) as terminal:
        process = await _started(hub, folder, "--json", stderr=theirs)
        os.close(theirs)
        reading = asyncio.create_task(asyncio.to_thread(_read_to_the_end, terminal))
        code, out, _ = await _ended(process)
        drawn = (await reading).decode()
    assert code == 0
    assert [json.loads(line)["succeeded"] for line in out.splitlines()] == [True, True]
    assert "2/2" in drawn
    assert "\x1b[" in drawn
    assert "a.jpg" not in drawn
