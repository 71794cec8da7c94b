"""What `nekohub enrich` uploads, under which key, and how it shows what was found."""

import json
import os
import pty
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

from services import settings
from services.cli import is_here, main
from services.enrich.plan import PathRefused, Unreadable, planned
from services.enrich.rows import Row, print_table
from services.enrich.upload import content_type, request_key
from services.results import Results, shown
from services.setting_values import CONTENT_TYPES, is_base_url

NOBODY = 65534


def _files(top: Path, *names: str) -> None:
    for name in names:
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).touch()


def _planned(top: Path, *paths: str) -> list[str]:
    items = planned([top / path for path in paths], CONTENT_TYPES)
    assert not any(isinstance(item, Unreadable) for item in items)
    return [str(item.relative_to(top)) for item in items if isinstance(item, Path)]


def test_pictures_below_a_folder_are_found_in_order(tmp_path: Path) -> None:
    _files(tmp_path, "b.jpg", "a/2.PNG", "a/10.webp", "c.gif", "a.avif", "notes.txt", "x.jpg/no.md")
    assert _planned(tmp_path, ".") == ["a/10.webp", "a/2.PNG", "a.avif", "b.jpg", "c.gif"]


def test_what_is_hidden_is_left_out_unless_it_is_named(tmp_path: Path) -> None:
    _files(tmp_path, "a.jpg", ".b.jpg", ".git/c.jpg")
    assert _planned(tmp_path, ".") == ["a.jpg"]
    assert _planned(tmp_path, ".git", ".b.jpg") == [".git/c.jpg", ".b.jpg"]


def test_a_named_file_is_tried_whatever_it_is_called(tmp_path: Path) -> None:
    _files(tmp_path, "a.txt", "none")
    assert _planned(tmp_path, "none", "a.txt") == ["none", "a.txt"]


def test_a_file_is_there_once(tmp_path: Path) -> None:
    _files(tmp_path, "a/1.jpg", "a/2.jpg")
    assert _planned(tmp_path, "a/2.jpg", "a", "a/2.jpg") == ["a/2.jpg", "a/1.jpg"]


def test_a_file_is_there_once_by_whatever_path(tmp_path: Path) -> None:
    _files(tmp_path, "a/1.jpg", "a/x/2.jpg", "a/y/note.txt")
    (tmp_path / "link").symlink_to("a")
    (tmp_path / "a" / "z.jpg").symlink_to("1.jpg")
    expected = ["a/1.jpg", "a/x/2.jpg"]
    assert _planned(tmp_path, "a", "a/x/../") == expected
    assert _planned(tmp_path, "a", "link", "link/x", "link/1.jpg", "a/x/../1.jpg") == expected
    assert _planned(tmp_path, "a/x", "a") == ["a/x/2.jpg", "a/1.jpg"]
    assert _planned(tmp_path, "link/x", "a/x") == ["link/x/2.jpg"]
    for paths in (["a", "a/y"], ["a/y", "a"]):
        with pytest.raises(PathRefused, match=r"a/y: no pictures in this folder"):
            _planned(tmp_path, *paths)


def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    _files(tmp_path, "a/b/1.jpg", "elsewhere/2.jpg")
    (tmp_path / "a" / "b" / "up").symlink_to("..")
    (tmp_path / "a" / "self").symlink_to("self")
    (tmp_path / "a" / "self.jpg").symlink_to("self.jpg")
    (tmp_path / "a" / "lost.jpg").symlink_to("nowhere")
    (tmp_path / "a" / "z").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "a" / "zz").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "back").symlink_to(tmp_path / "a")
    assert _planned(tmp_path, "a") == ["a/b/1.jpg", "a/z/2.jpg"]


def test_only_the_types_that_are_taken_count(tmp_path: Path) -> None:
    _files(tmp_path, "a.gif", "b.png")
    assert planned([tmp_path], ["image/png"]) == [tmp_path / "b.png"]
    with pytest.raises(PathRefused, match=r"no pictures in this folder \(\.webp\)"):
        planned([tmp_path], ["image/webp"])


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PathRefused, match=r"^\S+/no\\x1b\[2Jwhere does not exist$"):
        planned([tmp_path / "no\x1b[2Jwhere"], CONTENT_TYPES)
    with pytest.raises(PathRefused, match="cannot be read: File name too long"):
        planned([tmp_path / ("x" * 300)], CONTENT_TYPES)


@contextmanager
def _as_nobody() -> Iterator[None]:
    """Without the rights of root, if it is root that runs the tests."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_folder_that_cannot_be_read_is_told() -> None:
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        _files(top, "a/1.jpg", "b/2.jpg")
        top.chmod(0o755)
        (top / "a").chmod(0)
        with _as_nobody():
            items = planned([top], CONTENT_TYPES)
        (top / "a").chmod(0o755)
    assert items == [Unreadable(top / "a", "cannot be read: Permission denied"), top / "b/2.jpg"]


def test_a_request_key_is_another_for_other_bytes_names_and_skills() -> None:
    ways = [("1", "a", "x"), ("2", "a", "x"), ("1", "b", "x"), ("1", "a", "y"), ("1", "ax", "")]
    found = [request_key(*way) for way in ways]
    assert len(set(found)) == len(ways)
    assert all(len(each) <= 255 and each.isascii() and each.isprintable() for each in found)
    assert request_key(*ways[0]) == found[0]


@pytest.mark.parametrize(
    ("start", "name", "expected"),
    [
        (b"\xff\xd8\xff\xe0", "a.png", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "a.jpg", "image/png"),
        (b"GIF89a", "a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a.jpg", "image/webp"),
        (b"\0\0\0\x20ftypavif\0\0\0\0", "a", "image/avif"),
        (b"", "a.JPG", "image/jpeg"),
        (b"RIFF\0\0\0\0WAVE", "a.txt", "application/octet-stream"),
    ],
)
def test_the_type_is_that_of_the_bytes(start: bytes, name: str, expected: str) -> None:
    assert content_type(start, Path(name)) == expected


@pytest.mark.usefixtures("nothing_is_set")
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "http://127.0.0.1:5121"),
        ({"host": "0.0.0.0", "port": 80}, "http://127.0.0.1:80"),  # noqa: S104
        ({"host": "::"}, "http://[::1]:5121"),
        ({"host": "::1"}, "http://[::1]:5121"),
        ({"host": "hub.example"}, "http://hub.example:5121"),
        ({"host": "x", "public_base_url": "https://hub.example/a/"}, "https://hub.example/a"),
    ],
)
def test_where_the_hub_is(given: dict[str, Any], expected: str) -> None:
    assert settings.load(**given).hub_url() == expected


def _asset(**payloads: Any) -> dict[str, Any]:
    results = [
        {"kind": kind.replace("_", "-"), "payloadJson": json.dumps(payload)}
        for kind, payload in payloads.items()
    ]
    return {"structuredResults": results, "derivatives": []}


def test_results_of_unexpected_shape_are_not_there() -> None:
    results = Results.of(
        _asset(caption=[1], alt_text={"altText": 7}, structured_metadata={"tags": ["a", 1, "b"]})
    )
    assert (results.caption, results.alt_text, results.title) == (None, None, None)
    assert (results.tags, results.colors) == ("a, b", "")
    broken = {"structuredResults": [{"kind": "caption", "payloadJson": "{"}], "derivatives": []}
    assert Results.of(broken).caption is None


def test_other_results_are_told_in_short() -> None:
    results = Results.of(
        _asset(ocr={"text": "Ünder", "words": [1]}, list=[2], long={"a": "x" * 999})
    )
    first, second, third = results.others
    assert (first, second) == ("ocr: text: Ünder, words: [1]", "list: value: [2]")
    assert third == f"long: a: {'x' * 157}…"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, "–"),
        (" \n", "–"),
        ("a\r\n b\t c", "a b c"),
        ("\x1b]0;t\x07\x9b2J\x7f", "\\x1b]0;t\\x07\\x9b2J\\x7f"),
        ("\u202egpj.a\ud800", "\\u202egpj.a\\ud800"),
        ("می\u200cخواهم 猫 👩\u200d🚀", "می\u200cخواهم 猫 👩\u200d🚀"),
    ],
)
def test_what_is_shown_is_one_harmless_line(text: str | None, expected: str) -> None:
    assert shown(text) == expected


ROW = Row(f"photos/{'deeper/' * 30}cat.jpg", asset_id="a", results=Results())
WIDE = Row("cat.jpg", f"the hub says {'no, ' * 40}never")


def test_a_table_for_a_program_folds_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    print_table([ROW, WIDE])
    header, _, first, second = filter(str.strip, capsys.readouterr().out.splitlines())
    assert header.split() == ["file", "status"]
    assert first.split() == [ROW.file, "done"]
    assert second.rstrip().endswith(WIDE.status)


def test_a_table_for_a_person_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")
    ours, theirs = pty.openpty()
    with FileIO(ours) as terminal, os.fdopen(theirs, "w", encoding="utf-8") as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        print_table([ROW])
        stdout.flush()
        drawn = re.sub(r"\x1b\[[0-9;]*m", "", terminal.read(65536).decode())
    assert max(map(len, drawn.splitlines())) <= 40
    assert "done" in drawn


def test_the_command_loads_nothing_of_a_hub() -> None:
    loaded = "import sys, services.cli, services.enrich.command, rich.table; print(*sys.modules)"
    command = [sys.executable, "-c", loaded]
    modules = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert "httpx" in modules
    assert {"grpc", "sqlalchemy", "google.protobuf", "starlette", "PIL"} & set(modules) == set()


@pytest.mark.usefixtures("nothing_is_set")
@pytest.mark.parametrize(
    "url",
    ["http://me:planted@host", "http://planted@host/a", "https://me:planted@[::1]:1", "planted@h"],
)
def test_an_address_with_a_password_is_refused_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["nekohub", "enrich", ".", "--url", url])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert "it is not accepted: an ASCII URL http(s)://HOST[:PORT][/PATH]" in told
    assert "planted" not in told
    assert not is_base_url(url)
    monkeypatch.setenv("NEKOHUB_PUBLIC_BASE_URL", url)
    with pytest.raises(settings.SettingsInvalid) as refused:
        settings.load()
    assert "NEKOHUB_PUBLIC_BASE_URL" in str(refused.value)
    assert "planted" not in str(refused.value)


def test_an_address_may_have_an_at_sign_in_its_path() -> None:
    assert is_base_url("https://hub.example/@me")


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:5121", True),
        ("http://127.9.9.9", True),
        ("http://localhost:5121/", True),
        ("http://[::1]:5121", True),
        ("http://localhost.example.com", False),
        ("http://127.0.0.1.example.com", False),
        ("http://127.0.0.1@example.com", False),
        ("http://10.0.0.1", False),
        ("https://hub.example.com", False),
    ],
)
def test_the_key_of_this_machine_is_for_this_machine(url: str, here: bool) -> None:
    assert is_here(url) is here
