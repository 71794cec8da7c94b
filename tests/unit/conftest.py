"""Fixtures of the tests that touch nothing outside."""

import os

import pytest


@pytest.fixture
def nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting comes from the environment of the tests."""
    for variable in os.environ:
        if variable.upper().startswith("NEKOHUB_"):
            monkeypatch.delenv(variable)


def variable(setting: str) -> str:
    """The environment variable of a setting."""
    special = {"secret_keys": "NEKOHUB_SECRET_KEY", "jwt_secrets": "NEKOHUB_JWT_SECRET"}
    return special.get(setting, f"NEKOHUB_{setting.upper()}")
