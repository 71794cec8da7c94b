"""The short form of the fuzz test, and that it would find what there is to find."""

import json
from pathlib import Path

import pytest

from gateway.routes.table import TABLE
from tests.e2e.hub_process import running_hub
from tests.fuzz.hostile import Hostile, Known, Maker
from tests.fuzz.play import played
from tests.fuzz.verdict import faults
from tests.fuzz.wire import Answer, NoHttp, answers

ASKED = Hostile(b"", (False,))
TYPE = {"content-type": "application/json"}


async def test_every_answer_is_one_that_a_client_understands(tmp_path: Path) -> None:
    async with running_hub(tmp_path / "hub") as hub:
        found = await played(hub, TABLE, 400, seed=1)
    assert not found.faults, f"\n{found}"
    assert {200, 400, 401, 404, 405} <= found.statuses.keys()


def test_a_seed_makes_the_same_requests() -> None:
    made = [Maker(5, TABLE, Known("key", b"picture", {"id": ["a"]})) for _ in range(2)]
    first, second = ([maker.request() for _ in range(200)] for maker in made)
    assert first == second
    assert len({each.raw for each in first}) > 150


def test_every_route_is_asked() -> None:
    maker = Maker(1, TABLE, Known("key", b"picture", {}))
    raw = b"".join(maker.request().raw for _ in range(len(TABLE) * 40))
    for endpoint in TABLE:
        start = f"{endpoint.method} {endpoint.path.partition('{')[0]}".encode()
        assert start in raw, endpoint.route


def envelope(**changed: object) -> Answer:
    error = {"code": "a_b", "message": "m", "traceId": "0" * 32, "status": 404} | changed
    return Answer(404, TYPE, json.dumps({"error": error}).encode())


def test_a_right_answer_has_no_fault() -> None:
    assert list(faults(ASKED, [envelope()])) == []
    assert list(faults(ASKED, [Answer(204, {}, b"")])) == []


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (Answer(500, TYPE, envelope(status=500).body), "status 500"),
        (Answer(404, {"content-type": "text/plain"}, envelope().body), "text/plain"),
        (Answer(404, TYPE, b"Not Found"), "without the envelope"),
        (Answer(405, TYPE, envelope(status=405).body), "without allow"),
        (Answer(401, TYPE, envelope(status=401).body), "without www-authenticate"),
        (envelope(code="Not Found"), "code"),
        (envelope(traceId="1"), "trace id"),
        (envelope(status=400), "status 400"),
        (envelope(message=""), "message"),
        (envelope(message="ValueError: NoneType is not iterable"), "message"),
        (envelope(message='File "gateway/json.py", line 3, in read'), "message"),
        (envelope(message="SELECT id FROM asset"), "message"),
    ],
)
def test_a_wrong_answer_is_told(answer: Answer, fault: str) -> None:
    assert any(fault in each for each in faults(ASKED, [answer]))


def test_no_answer_is_one_fault_and_one_too_many_another() -> None:
    assert list(faults(ASKED, [])) == ["there was no answer"]
    assert list(faults(Hostile(b"", (False,), complete=False), [])) == []
    assert list(faults(ASKED, [envelope(), envelope()])) == ["there were 2 answers to 1 requests"]


def test_answers_are_taken_apart() -> None:
    came = (
        b"HTTP/1.1 100 Continue\r\n\r\n"
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
    )
    assert [each.body for each in answers(came, (True, False, False))] == [b"", b"hi", b"hi"]


@pytest.mark.parametrize("came", [b"hello", b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nhi"])
def test_what_is_no_answer_is_told(came: bytes) -> None:
    with pytest.raises(NoHttp):
        answers(came, (False,))
