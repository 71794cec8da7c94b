"""Profiles as the database has them."""

from collections.abc import Mapping
from typing import Any

from services.providers.base_url import BaseUrl
from services.providers.capability_store import capabilities
from services.providers.model import Profile, ProfileFields
from services.providers.prices import Prices


def profile_of(row: Mapping[Any, Any]) -> Profile:
    """The profile of a row; with what was learnt of its model if the row has that."""
    return Profile(
        id=row["id"],
        fields=ProfileFields(
            name=row["name"],
            api_base_url=BaseUrl.parse(row["api_base_url"]),
            model_name=row["model_name"],
            default_system_prompt=row["default_system_prompt"],
            fallback_order=row["fallback_order"],
            prices=Prices(row["input_price_per_million"], row["output_price_per_million"]),
            monthly_budget=row["monthly_budget"],
        ),
        sealed_api_key=row["sealed_api_key"],
        masked_api_key=row["masked_api_key"],
        is_active=row["is_active"],
        create_time=row["create_time"],
        update_time=row["update_time"],
        capabilities=capabilities(row) if "learnt_learn_time" in row else None,
    )


def values_of(saved: Profile) -> dict[str, Any]:
    """The row of a profile."""
    return {
        "id": saved.id,
        "name": saved.fields.name,
        "api_base_url": saved.fields.api_base_url.text,
        "sealed_api_key": saved.sealed_api_key,
        "masked_api_key": saved.masked_api_key,
        "model_name": saved.fields.model_name,
        "default_system_prompt": saved.fields.default_system_prompt,
        "fallback_order": saved.fields.fallback_order,
        "input_price_per_million": saved.fields.prices.input_per_million,
        "output_price_per_million": saved.fields.prices.output_per_million,
        "monthly_budget": saved.fields.monthly_budget,
        "is_active": saved.is_active,
        "create_time": saved.create_time,
        "update_time": saved.update_time,
    }
