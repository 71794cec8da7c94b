"""Fills a hub with what people have: pictures, results, runs of every kind, profiles, users."""

import asyncio
import io
import json
from dataclasses import dataclass
from typing import Any

from PIL import Image

from tests.e2e.hub_process import Client, Hub
from tests.fakes import FakeOpenAI
from tests.screenshots.model import Knowing
from tests.screenshots.words import SCENES, Scene

AT_ONCE = 3
"""Pictures whose runs are under way at the same time."""
GPS = 0x8825
"""The part of EXIF that says where."""
KINDS = {"jpg": ("JPEG", "image/jpeg"), "png": ("PNG", "image/png")}
WITH_LOCATION = "chelsea.jpg"
REFUSED = "IMG_2041 (whiskers).jpg"
RUNNING = "shapes-no-7.png"
SHOWN = "sunrise-over-the-ridges.jpg"
SHOWN_TO_ALL = "harbour-at-dusk.jpg"
WORKFLOWS: tuple[tuple[str, str, tuple[str, ...], dict[str, dict[str, Any]]], ...] = (
    ("Publish", "Words for every upload, and sizes for the web.", ("enrich", "renditions"), {}),
    (
        "Press kit",
        "Without metadata and with our name on it, for people who ask for pictures.",
        ("exif-strip", "watermark", "format-convert"),
        {"watermark": {"text": "© Harbour Studio"}, "format-convert": {"targetFormat": "jpeg"}},
    ),
    (
        "Deutsche Texte",
        "Bildtexte und Alt-Texte auf Deutsch.",
        ("enrich",),
        {"enrich": {"language": "de"}},
    ),
    (
        "Archive",
        "A small AVIF beside the original.",
        ("format-convert", "thumbnail"),
        {"format-convert": {"targetFormat": "avif"}},
    ),
)
PROFILES: tuple[dict[str, Any], ...] = (
    {
        "name": "OpenAI",
        "apiBaseUrl": "https://api.openai.com/v1",
        "apiKey": "sk-example-0123456789",
        "modelName": "gpt-5-mini",
        "fallbackOrder": 1,
        "inputPricePerMillion": 0.25,
        "outputPricePerMillion": 2,
        "monthlyBudget": 20,
    },
    {
        "name": "Azure, Sweden",
        "apiBaseUrl": "https://harbour-studio.openai.azure.com/openai/v1",
        "apiKey": "0f3c-example-0123456789",
        "modelName": "gpt-4o",
        "fallbackOrder": 2,
    },
)
USERS: tuple[dict[str, Any], ...] = (
    {"username": "mara", "role": "admin"},
    {"username": "jonas", "role": "user", "permissions": ["assets.create", "assets.update"]},
    {"username": "print-shop", "role": "user"},
    {
        "username": "intern-2025",
        "role": "user",
        "permissions": ["assets.create"],
        "isActive": False,
    },
)


@dataclass(frozen=True, slots=True)
class Stage:
    """What of it is looked at by itself."""

    asset_id: str
    public_id: str


async def fill(hub: Hub, fake: FakeOpenAI) -> Stage:
    """Does as people would, one after another; the last run does not end."""
    drawn = await asyncio.to_thread(lambda: [(scene, scene.draw()) for scene in SCENES])
    model = Knowing(drawn)
    model.refused = next(scene for scene in SCENES if scene.file == REFUSED)
    fake.refusal = model
    async with hub.client() as client:
        await _profile(client, fake)
        await _workflows(client)
        ids = await _uploads(client, drawn)
        await _people(client)
        await _by_hand(client, ids)
        await _unfinished(client, fake, ids)
        for profile in PROFILES:
            await client.data("POST", "/system/ai/providers", status=201, json=profile)
    return Stage(ids[SHOWN], ids[SHOWN_TO_ALL])


async def _profile(client: Client, fake: FakeOpenAI) -> None:
    profile = {
        "name": "Workshop server",
        "apiBaseUrl": fake.base_url,
        "apiKey": "sk-example-0123456789",
        "modelName": "qwen3-vl-8b-instruct",
        "defaultSystemPrompt": "You describe pictures for the archive of a small studio.",
        "inputPricePerMillion": 0.05,
        "outputPricePerMillion": 0.2,
    }
    await client.data("POST", "/system/ai/providers", status=201, json=profile)


async def _workflows(client: Client) -> None:
    for name, description, skills, parameters in WORKFLOWS:
        nodes = [
            {"id": skill, "data": {"skillId": skill, "parameters": parameters.get(skill, {})}}
            for skill in skills
        ]
        workflow = {
            "name": name,
            "description": description,
            "graphJson": json.dumps({"nodes": nodes}),
            "isAutoRun": name == "Publish",
        }
        await client.data("POST", "/system/workflows", status=201, json=workflow)


async def _uploads(client: Client, drawn: list[tuple[Scene, Image.Image]]) -> dict[str, str]:
    turns = asyncio.Semaphore(AT_ONCE)
    ids: dict[str, str] = {}

    async def ran(scene: Scene) -> None:
        try:
            await client.enriched(ids[scene.file])
        finally:
            turns.release()

    async with asyncio.TaskGroup() as runs:
        for scene, picture in drawn:
            await turns.acquire()
            content, content_type = await asyncio.to_thread(_encoded, scene, picture)
            files = {"file": (scene.file, content, content_type)}
            fields = {"isPublic": "true" if scene.is_public else "false"}
            asset = await client.data("POST", "/assets", status=202, files=files, data=fields)
            ids[scene.file] = asset["id"]
            runs.create_task(ran(scene))
    return ids


def _encoded(scene: Scene, picture: Image.Image) -> tuple[bytes, str]:
    kind, content_type = KINDS[scene.file.rpartition(".")[2]]
    exif = Image.Exif()
    if scene.file == WITH_LOCATION:
        exif.get_ifd(GPS).update({1: "N", 2: (54.0, 19.0, 12.0), 3: "E", 4: (10.0, 8.0, 5.0)})
    target = io.BytesIO()
    picture.save(target, kind, quality=88, exif=exif)
    return target.getvalue(), content_type


async def _people(client: Client) -> None:
    for user in USERS:
        secret = {"password": "a-password-of-nobody"}
        await client.data("POST", "/users", status=201, json=user | secret)
    login = {"username": "jonas", "password": "a-password-of-nobody"}
    await client.data("POST", "/auth/login", json=login)


async def _by_hand(client: Client, ids: dict[str, str]) -> None:
    for scene in SCENES:
        if scene.written_alt is not None:
            change = {"altText": scene.written_alt}
            await client.data("PATCH", f"/assets/{ids[scene.file]}", json=change)
    for file, skill, parameters in (
        (WITH_LOCATION, "exif-strip", {}),
        (SHOWN, "format-convert", {"targetFormat": "avif"}),
        (SHOWN, "watermark", {"text": "© Harbour Studio", "opacity": 0.8}),
    ):
        path = f"/assets/{ids[file]}/skills/{skill}/run"
        await client.data("POST", path, json={"parameters": parameters})


async def _unfinished(client: Client, fake: FakeOpenAI, ids: dict[str, str]) -> None:
    """A run that was cancelled, and one that goes on for as long as the hub."""
    fake.gate = asyncio.Event()
    cancelled = await _started(client, ids["balloons.jpg"], "ai-caption")
    await client.data("POST", f"/executions/{cancelled}/cancel", status=202)
    fake.let_through = frozenset({"caption"})
    await _started(client, ids[RUNNING], "enrich")


async def _started(client: Client, asset_id: str, skill: str) -> str:
    path = f"/assets/{asset_id}/skills/{skill}/run"
    run = await client.data("POST", path, status=202, headers={"Prefer": "respond-async"})
    return str(run["executionId"])
