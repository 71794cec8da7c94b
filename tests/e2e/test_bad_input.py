"""Bad input gets its code, never a 500, and leaves nothing behind: no file, no row."""

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from tests.e2e.hub_process import CAT, Client, Hub

JPEG = CAT.read_bytes()
BODY = "multipart/form-data; boundary=x"


def _png(width: int, height: int) -> bytes:
    """A complete PNG that claims a size and has hardly any data."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (
        chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )
    return b"\x89PNG\r\n\x1a\n" + parts


def _bmp() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (4, 4)).save(made, "BMP")
    return made.getvalue()


def _file(data: bytes, content_type: str = "image/jpeg", name: str = "a.jpg") -> dict[str, Any]:
    return {"files": {"file": (name, data, content_type)}}


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"files": {"picture": ("a.jpg", JPEG, "image/jpeg")}}, 400, "asset_file_required"),
    ({"files": {"file": (None, "a text")}}, 400, "asset_file_required"),
    ({"data": {"file": "a text"}}, 400, "request_invalid"),
    (_file(b""), 400, "asset_file_empty"),
    (_file(JPEG, ""), 400, "asset_content_type_missing"),
    (_file(JPEG, "image/png"), 415, "asset_content_type_not_allowed"),
    (_file(JPEG, "text/html"), 415, "asset_content_type_not_allowed"),
    (_file(_bmp(), "image/bmp"), 415, "asset_content_type_not_allowed"),
    (_file(b"<svg onload=alert(1)>", "image/jpeg"), 415, "asset_content_type_not_allowed"),
    (_file(JPEG[:200]), 400, "asset_file_invalid"),
    (_file(JPEG[:-2]), 400, "asset_file_invalid"),
    (_file(_png(30_001, 10), "image/png"), 400, "asset_dimensions_too_large"),
    (_file(_png(30_000, 30_000), "image/png"), 400, "asset_dimensions_too_large"),
    (_file(_png(0, 10), "image/png"), 400, "asset_file_invalid"),
    (_file(JPEG + b"\0" * 10_485_760), 413, "asset_file_too_large"),
    (_file(JPEG) | {"data": {"description": "x" * 1001}}, 400, "asset_description_too_long"),
    (_file(JPEG) | {"data": {"altText": "x" * 1001}}, 400, "asset_alt_text_too_long"),
    (_file(JPEG) | {"data": {"skill": "nope"}}, 404, "skill_not_found"),
    (_file(JPEG) | {"data": {"isPublic": "perhaps"}}, 400, "request_invalid"),
    ({"json": {"file": "x"}}, 400, "request_invalid"),
    ({"content": b"--x\r\nnonsense", "headers": {"Content-Type": BODY}}, 400, "request_invalid"),
    ({"content": b"", "headers": {"Content-Type": BODY}}, 400, "asset_file_required"),
]


def _objects(hub: Hub) -> list[str]:
    return sorted(str(path) for path in (hub.folder / "objects").rglob("*") if path.is_file())


@pytest.mark.parametrize(("request_", "status", "code"), REFUSED)
async def test_a_refused_upload_leaves_nothing(
    hub: Hub, client: Client, request_: dict[str, Any], status: int, code: str
) -> None:
    before = _objects(hub), (await client.data("GET", "/assets"))["total"]
    error = await client.error("POST", "/assets", status=status, **request_)
    assert error["code"] == code
    assert len(error["message"]) > 10
    assert len(error["traceId"]) == 32
    assert "Traceback" not in error["message"]
    assert str(hub.folder) not in error["message"]
    assert (_objects(hub), (await client.data("GET", "/assets"))["total"]) == before


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\win.ini.jpg", "win.ini.jpg"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("käse 🧀.jpg", "käse 🧀.jpg"),
    ],
)
async def test_a_hostile_file_name_is_cleaned(
    hub: Hub, client: Client, name: str, kept: str
) -> None:
    files = {"file": (name, JPEG, "image/jpeg")}
    asset = await client.data(
        "POST", "/assets", status=202, files=files, data={"runEnrichment": "false"}
    )
    assert asset["originalFileName"] == kept
    inside = hub.folder / "objects"
    assert all(path.startswith(str(inside)) for path in _objects(hub))
    assert asset["extension"] == ".jpg"


@pytest.mark.parametrize(
    ("method", "path", "request_", "status", "code"),
    [
        ("GET", "/nothing", {}, 404, "route_not_found"),
        ("PUT", "/assets", {}, 405, "method_not_allowed"),
        ("GET", "/assets/not-a-uuid", {}, 404, "asset_not_found"),
        ("GET", "/assets/%00", {}, 404, "asset_not_found"),
        ("DELETE", "/assets/01956f8d-88e4-7c6a-a8f1-5f235293db7a", {}, 404, "asset_not_found"),
        ("POST", "/system/ai/providers", {"content": b"{"}, 400, "request_invalid"),
        ("POST", "/system/ai/providers", {"content": b"[" * 5000}, 400, "request_invalid"),
        ("POST", "/system/ai/providers", {"json": {"nmae": "x"}}, 400, "request_invalid"),
        ("POST", "/system/ai/providers", {"json": {"name": 7}}, 400, "request_invalid"),
        (
            "POST",
            "/system/ai/providers",
            {"content": b'"' + b"x" * 1_100_000 + b'"'},
            413,
            "request_too_large",
        ),
        (
            "POST",
            "/system/ai/providers",
            {"json": {"name": " "}},
            400,
            "ai_provider_profile_name_required",
        ),
        (
            "POST",
            "/system/ai/providers",
            {
                "json": {
                    "name": "metadata",
                    "apiBaseUrl": "http://169.254.169.254/latest",
                    "apiKey": "k",
                    "modelName": "m",
                }
            },
            400,
            "ai_provider_profile_api_base_url_invalid",
        ),
        ("GET", "/system/ai/providers/1", {}, 405, "method_not_allowed"),
        ("PATCH", "/system/ai/providers/1", {"json": {}}, 404, "ai_provider_profile_not_found"),
    ],
)
async def test_a_bad_request_has_its_code(
    client: Client, method: str, path: str, request_: dict[str, Any], status: int, code: str
) -> None:
    error = await client.error(method, path, status=status, **request_)
    assert error["code"] == code


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "auth_unauthorized"),
        ("Bearer wrong", "api_key_invalid"),
        ("Basic dXNlcjpwYXNz", "auth_unauthorized"),
    ],
)
async def test_who_is_not_known_is_401(hub: Hub, header: str | None, code: str) -> None:
    async with Client(hub.url, {"Authorization": header} if header else {}) as anonymous:
        response = await anonymous.post("/assets", **_file(JPEG))
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert response.json()["error"]["code"] == code


async def test_nothing_of_this_was_a_failure_of_the_hub(hub: Hub) -> None:
    assert "Traceback" not in hub.log()
    assert "failed unexpectedly" not in hub.log()
