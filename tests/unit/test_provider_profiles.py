"""The rules about profiles."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from services.chassis.errors import InvalidArgument
from services.providers.base_url import BaseUrl
from services.providers.model import (
    NO_KEY,
    Profile,
    ProfileInput,
    checked,
    checked_key,
    kept_or_new_key,
    masked,
    overlaid,
)

GIVEN = ProfileInput(
    name=" OpenAI ",
    api_base_url="https://api.openai.com/v1/",
    api_key=SecretStr("sk-abcdefgh"),
    model_name="gpt-4o-mini",
    default_system_prompt="  ",
)
OPENAI = BaseUrl.parse("https://api.openai.com/v1")
ELSEWHERE = BaseUrl.parse("https://elsewhere.example/v1")
LOCAL = BaseUrl.parse("local://")
SAVED = Profile(
    id="1",
    fields=checked(GIVEN),
    sealed_api_key="sealed",
    masked_api_key="sk-***",
    is_active=True,
    create_time=datetime(2026, 11, 27, tzinfo=UTC),
    update_time=datetime(2026, 11, 27, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("sk-proj-1234567890", "sk-***"),
        ("sk-1", "sk-***"),
        ("AIzaSy1234567890", "AIza***"),
        ("12345678", "1234***"),
        ("1234567", "***"),
        ("", ""),
    ],
)
def test_a_key_is_masked(key: str, shown: str) -> None:
    assert masked(SecretStr(key)) == shown


def test_fields_are_trimmed_and_normalised() -> None:
    fields = checked(GIVEN)

    assert fields.name == "OpenAI"
    assert fields.api_base_url == OPENAI
    assert fields.default_system_prompt is None


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("name", None, "AI_PROVIDER_PROFILE_NAME_REQUIRED"),
        ("name", " \t", "AI_PROVIDER_PROFILE_NAME_REQUIRED"),
        ("name", "\0", "AI_PROVIDER_PROFILE_NAME_REQUIRED"),
        ("name", "x" * 101, "AI_PROVIDER_PROFILE_FIELD_TOO_LONG"),
        ("api_base_url", "", "AI_PROVIDER_PROFILE_API_BASE_URL_REQUIRED"),
        ("api_base_url", "nonsense", "AI_PROVIDER_PROFILE_API_BASE_URL_INVALID"),
        ("api_base_url", "https://a/" + "x" * 2048, "AI_PROVIDER_PROFILE_FIELD_TOO_LONG"),
        ("api_base_url", "https://a/" + "é" * 400, "AI_PROVIDER_PROFILE_FIELD_TOO_LONG"),
        ("model_name", "", "AI_PROVIDER_PROFILE_MODEL_NAME_REQUIRED"),
        ("model_name", " \0 ", "AI_PROVIDER_PROFILE_MODEL_NAME_REQUIRED"),
        ("name", "a\0b", "AI_PROVIDER_PROFILE_NAME_REQUIRED"),
        ("model_name", "a\0b", "AI_PROVIDER_PROFILE_MODEL_NAME_REQUIRED"),
        ("model_name", "a\nb", "AI_PROVIDER_PROFILE_MODEL_NAME_REQUIRED"),
        ("model_name", "a\u200bb", "AI_PROVIDER_PROFILE_MODEL_NAME_REQUIRED"),
        ("api_base_url", "https://a\0/v1", "AI_PROVIDER_PROFILE_API_BASE_URL_INVALID"),
        ("model_name", "x" * 201, "AI_PROVIDER_PROFILE_FIELD_TOO_LONG"),
        ("default_system_prompt", "x" * 8001, "AI_PROVIDER_PROFILE_FIELD_TOO_LONG"),
    ],
)
def test_a_wrong_field_is_named(field: str, value: str | None, reason: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        checked(overlaid(checked(GIVEN), ProfileInput(**{field: value}), {field}))  # type: ignore[arg-type]

    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (None, "AI_PROVIDER_PROFILE_API_KEY_REQUIRED"),
        ("  ", "AI_PROVIDER_PROFILE_API_KEY_REQUIRED"),
        ("\0", "AI_PROVIDER_PROFILE_API_KEY_INVALID"),
        ("sk-***", "AI_PROVIDER_PROFILE_API_KEY_INVALID"),
        (" plan*** ", "AI_PROVIDER_PROFILE_API_KEY_INVALID"),
        ("sk-planted-***-secret", "AI_PROVIDER_PROFILE_API_KEY_INVALID"),
        ("sk-planted\0secret", "AI_PROVIDER_PROFILE_API_KEY_INVALID"),
        ("x" * 4097, "AI_PROVIDER_PROFILE_FIELD_TOO_LONG"),
        ("sk-planted-secret\nX-Injected: 1", "AI_PROVIDER_PROFILE_API_KEY_INVALID"),
        ("sk-planted-secret-é", "AI_PROVIDER_PROFILE_API_KEY_INVALID"),
    ],
)
def test_a_wrong_key_is_refused_without_showing_it(key: str | None, reason: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        checked_key(OPENAI, None if key is None else SecretStr(key))

    assert refused.value.reason == reason
    assert "planted" not in refused.value.message


def test_the_built_in_engine_needs_no_key() -> None:
    assert checked_key(LOCAL, None) == NO_KEY


def test_a_password_in_a_url_is_not_repeated() -> None:
    with pytest.raises(InvalidArgument) as refused:
        checked(replace(GIVEN, api_base_url="https://me:planted@api.openai.com"))

    assert "planted" not in refused.value.message


def test_a_saved_key_stays_for_the_same_origin_only() -> None:
    given = SecretStr("another-key")

    assert kept_or_new_key(SAVED, BaseUrl.parse("https://api.openai.com:443/v2"), None) is None
    assert kept_or_new_key(SAVED, ELSEWHERE, given) == given
    assert kept_or_new_key(SAVED, LOCAL, None) == NO_KEY
    with pytest.raises(InvalidArgument) as refused:
        kept_or_new_key(SAVED, ELSEWHERE, None)
    assert refused.value.reason == "AI_PROVIDER_PROFILE_API_KEY_REQUIRED"


def test_what_is_shown_of_a_key_stands_for_it_at_its_origin_only() -> None:
    shown = SecretStr(f" {SAVED.masked_api_key} ")

    assert kept_or_new_key(SAVED, OPENAI, shown) is None
    for url, given, reason in (
        (ELSEWHERE, shown, "AI_PROVIDER_PROFILE_API_KEY_REQUIRED"),
        (OPENAI, SecretStr("other***"), "AI_PROVIDER_PROFILE_API_KEY_INVALID"),
        (OPENAI, NO_KEY, "AI_PROVIDER_PROFILE_API_KEY_REQUIRED"),
    ):
        with pytest.raises(InvalidArgument) as refused:
            kept_or_new_key(SAVED, url, given)
        assert refused.value.reason == reason


def test_the_built_in_engine_needs_no_model_name() -> None:
    local = replace(GIVEN, api_base_url="local://", model_name=None)

    assert checked(local).model_name == "local"
    assert checked(replace(local, model_name="mine")).model_name == "mine"


def test_a_target_is_a_url_a_key_and_a_model() -> None:
    def with_fields(**changes: object) -> Profile:
        return replace(SAVED, fields=replace(SAVED.fields, **changes))  # type: ignore[arg-type]

    others = (
        replace(SAVED, sealed_api_key="other"),
        with_fields(api_base_url=ELSEWHERE),
        with_fields(model_name="other"),
    )
    assert len({SAVED.target, *(other.target for other in others)}) == 4
    for same in (with_fields(name="Other"), replace(SAVED, is_active=False)):
        assert same.target == SAVED.target


def test_a_saved_name_stays_though_it_could_not_be_given() -> None:
    saved = replace(checked(GIVEN), name="Cafe\u0301\u200b")
    change = ProfileInput(model_name="m-2")

    assert checked(overlaid(saved, change, {"model_name"}), saved).name == saved.name
    with pytest.raises(InvalidArgument):
        checked(overlaid(saved, replace(change, name="a\u200b"), {"name"}), saved)
    odd = replace(saved, model_name="a\nb")
    assert checked(overlaid(odd, change, ()), odd).model_name == "a\nb"


def test_only_named_fields_are_laid_over_the_saved_ones() -> None:
    change = ProfileInput(name="Other", model_name="ignored", default_system_prompt=None)

    changed = overlaid(checked(GIVEN), change, {"name", "default_system_prompt"})

    assert (changed.name, changed.model_name) == ("Other", "gpt-4o-mini")
    assert changed.default_system_prompt is None
