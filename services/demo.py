"""Shows a person what the hub does, on a photograph that comes with it."""

import sys
from pathlib import Path
from typing import Any

import httpx

from services import keys
from services.results import Results, shown
from services.settings import Settings

SAMPLE = Path(__file__).parent / "samples" / "cat.jpg"


async def show(url: str, settings: Settings) -> None:
    """Uploads the photograph, has it enriched and prints what came of it."""
    key = settings.api_keys[0].get_secret_value()
    headers = {"authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=330) as client:
        with SAMPLE.open("rb") as file:
            uploaded = await client.post(
                "/api/v1/assets",
                files={"file": (SAMPLE.name, file, "image/jpeg")},
                data={"runEnrichment": "false"},
            )
        uploaded.raise_for_status()
        asset_id = uploaded.json()["data"]["id"]
        ran = await client.post(f"/api/v1/assets/{asset_id}/skills/enrich/run", json={})
        ran.raise_for_status()
        thumbnail = f"/api/v1/assets/{asset_id}/derivatives/thumbnail_256/content"
        (await client.get(thumbnail, follow_redirects=True)).raise_for_status()
        asset = (await client.get(f"/api/v1/assets/{asset_id}")).json()["data"]
        execution_id = asset["latestExecutionSummary"]["executionId"]
        run = (await client.get(f"/api/v1/executions/{execution_id}")).json()["data"]
    _print(url, run, asset, settings)


def _print(url: str, run: dict[str, Any], asset: dict[str, Any], settings: Settings) -> None:
    results = Results.of(asset)
    answered = [each for each in run["steps"] if each["model"]]
    profiles = ", ".join(dict.fromkeys(each["profile"] for each in answered))
    models = ", ".join(dict.fromkeys(each["model"] for each in answered))
    lines = [
        "",
        f"{asset['originalFileName']}  {asset['width']} × {asset['height']}, {asset['size']} bytes",
        "",
        f"  caption    {shown(results.caption)}",
        f"  alt text   {shown(results.alt_text)}",
        f"  title      {shown(results.title)}",
        f"  tags       {shown(results.tags)}",
        f"  colours    {shown(results.colors)}",
        f"  text       {shown(results.text)}",
        f"  engine     {shown(profiles)} ({shown(models)})",
        "",
        *(
            f"  {'✓' if step['succeeded'] else '✗'} {step['stepName']}"
            + (f": {shown(step['errorMessage'])}" if step["errorMessage"] else "")
            for step in run["steps"]
        ),
    ]
    if results.remark is not None:
        lines += ["", results.remark]
    lines += [
        "",
        f"  console    {url}/assets/{asset['id']}  {_how_to_sign_in(settings)}",
        f"  gallery    {url}/gallery/{asset['id']}",
        f"  picture    {asset['publicUrl']}",
        *(f"  thumbnail  {each['publicUrl']}" for each in asset["derivatives"]),
        f'  API        curl -H "Authorization: Bearer $(cat {settings.data_dir}/api-key)" '
        f"{url}/api/v1/assets/{asset['id']}",
        "",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _how_to_sign_in(settings: Settings) -> str:
    password = settings.data_dir / keys.ADMIN_PASSWORD
    known = f", password in {password}" if password.exists() else ""
    return f"(sign in as {settings.admin_username}{known})"
