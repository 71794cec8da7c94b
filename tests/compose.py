"""The compose file as docker compose would read it with a filled-in .env, and the Dockerfile."""

import json
import re
import secrets
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
FILE = ROOT / "docker-compose.yml"
DOCKERFILE = ROOT / "Dockerfile"
REQUIRED = re.compile(r"\$\{(\w+):\?[^}]+\}")
OPTIONAL = re.compile(r"\$\{(\w+):-([^}]*)\}")

PARTS = ("gateway", "accounts", "assets", "providers", "skills", "worker")
"""Those services that are ours."""


def services(**given: str) -> dict[str, Any]:
    """Every service, with what is given in .env, and made-up secrets where some must be."""
    text = FILE.read_text(encoding="utf-8")
    secret = secrets.token_hex(32)
    filled = OPTIONAL.sub(lambda found: given.get(found[1], found[2]), REQUIRED.sub(secret, text))
    found: dict[str, Any] = yaml.safe_load(filled)["services"]
    return found


def environment(service: dict[str, Any]) -> dict[str, str]:
    """A service's variables as its process sees them."""
    return {name: str(value or "") for name, value in service["environment"].items()}


def instruction(name: str) -> list[str]:
    """The arguments of the image's CMD, or of its HEALTHCHECK."""
    pattern = rf"^{name}(?: --[^\n]*\\\n +CMD)? (\[.*\])$"
    found = re.search(pattern, DOCKERFILE.read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    arguments: list[str] = json.loads(found[1])
    return arguments
