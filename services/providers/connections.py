"""The adapters in use: one for each profile that is asked, exchanged when that changes."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.providers.adapters.local import Engine, LocalAdapter
from services.providers.adapters.openai import OpenAIAdapter
from services.providers.addresses import AddressPolicy
from services.providers.client import EndpointClient
from services.providers.limits import Limits
from services.providers.memory import Memories, Memory
from services.providers.model import Endpoint, Profile
from services.providers.profile_limits import LimitsOf
from services.providers.question import Adapter
from services.providers.retry import RetryPolicy
from services.providers.secrets import KeyBox
from services.providers.spending import Meter, Spending


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """What holds for every profile."""

    policy: AddressPolicy
    retries: RetryPolicy


@dataclass(slots=True)
class _InUse:
    """A saved profile's adapter. It is closed once it is replaced and nobody uses it any more."""

    profile: Profile
    adapter: Adapter
    users: int = 0


class Connections:
    """Makes adapters, and keeps those of saved profiles for the next question."""

    def __init__(
        self,
        settings: ConnectionSettings,
        limits_of: LimitsOf,
        spending: Spending,
        keys: KeyBox,
        local: Engine,
        memories: Memories,
    ) -> None:
        self._settings = settings
        self._limits_of = limits_of
        self._spending = spending
        self._keys = keys
        self._local = local
        self._memories = memories
        self._in_use: dict[str, _InUse] = {}
        """By the profile's id."""

    @asynccontextmanager
    async def of_profile(self, profile: Profile) -> AsyncIterator[Adapter]:
        """The adapter of a saved profile; a changed profile gets a new one.

        Raises KeyUnreadable.
        """
        former = in_use = self._in_use.get(profile.id)
        if in_use is None or in_use.profile != profile:
            in_use = self._in_use[profile.id] = _InUse(profile, self._adapter_of(profile))
        if profile.capabilities is not None:
            fields = profile.fields
            self._memories.hear(fields.api_base_url, fields.model_name, profile.capabilities)
        in_use.users += 1
        try:
            await self._close_if_unused(former)
            yield in_use.adapter
        finally:
            in_use.users -= 1
            await self._close_if_unused(in_use)

    async def keep_only(self, profiles: Iterable[Profile]) -> None:
        """Lets go of the adapters of all other profiles, once nobody uses them."""
        for gone in self._in_use.keys() - {profile.id for profile in profiles}:
            await self._close_if_unused(self._in_use.pop(gone, None))

    @asynccontextmanager
    async def of_trial(
        self, endpoint: Endpoint, retries: RetryPolicy, memory: Memory
    ) -> AsyncIterator[Adapter]:
        """An adapter for settings that are being tried out, with limits of its own."""
        adapter = self._adapter(
            endpoint, limits=Limits(1), retries=retries, memory=memory, meter=Meter()
        )
        try:
            yield adapter
        finally:
            await adapter.aclose()

    async def aclose(self) -> None:
        """Closes the connections. Questions are expected to have ended."""
        await self.keep_only(())

    async def _close_if_unused(self, entry: _InUse | None) -> None:
        if entry is None or entry.users > 0:
            return
        if entry is not self._in_use.get(entry.profile.id):
            await entry.adapter.aclose()

    def _adapter_of(self, profile: Profile) -> Adapter:
        endpoint = endpoint_of(profile, self._keys)
        limits = self._limits_of(profile.id)
        # Those that wait for what it was before are to ask it as it is.
        limits.aim(endpoint.target)
        return self._adapter(
            endpoint,
            limits=limits,
            retries=self._settings.retries,
            memory=self._memories.of(endpoint.base_url, endpoint.model_name),
            meter=self._spending.meter(profile),
        )

    def _adapter(
        self,
        endpoint: Endpoint,
        *,
        limits: Limits,
        retries: RetryPolicy,
        memory: Memory,
        meter: Meter,
    ) -> Adapter:
        if endpoint.base_url.is_local:
            return LocalAdapter(self._local)
        client = EndpointClient(
            endpoint,
            policy=self._settings.policy,
            limits=limits,
            retries=retries,
            meter=meter,
        )
        return OpenAIAdapter(endpoint, client, memory, self._local.decoders)


def endpoint_of(profile: Profile, keys: KeyBox) -> Endpoint:
    """All that is needed to ask a saved profile's model. Raises KeyUnreadable."""
    return Endpoint(
        label=f"profile {profile.fields.name!r}",
        base_url=profile.fields.api_base_url,
        api_key=keys.open(profile.sealed_api_key, profile.fields.name),
        model_name=profile.fields.model_name,
        system_prompt=profile.fields.default_system_prompt,
        target=profile.target,
    )
