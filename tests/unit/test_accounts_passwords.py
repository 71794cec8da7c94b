"""Hashes of passwords: what a name that nobody has costs, and how many are made at once."""

import asyncio
import threading

import pytest
from argon2 import extract_parameters

from services.accounts.passwords import AT_ONCE, OWASP, Cost, Passwords

CHEAP = Cost(rounds=1, memory_kib=8)


async def test_a_hash_is_of_one_password() -> None:
    async with Passwords.opened(CHEAP) as passwords:
        first, second = await passwords.hashed("pass wörd"), await passwords.hashed("pass wörd")

        assert first != second
        assert await passwords.verified("pass wörd", first)
        assert not await passwords.verified("pass word", first)
        assert not passwords.is_outdated(first)


@pytest.mark.parametrize("cost", [CHEAP, Cost(rounds=3, memory_kib=64, lanes=2)])
async def test_nobodys_password_costs_as_much_as_anybodys(cost: Cost) -> None:
    async with Passwords.opened(cost) as passwords:
        anybodys = extract_parameters(await passwords.hashed("password"))

        assert extract_parameters(passwords._nobodys) == anybodys
        assert not passwords.is_outdated(passwords._nobodys)
        assert not await passwords.verified("password", None)


async def test_a_hash_of_another_cost_is_outdated() -> None:
    async with Passwords.opened(CHEAP) as cheap, Passwords.opened(Cost(2, 8)) as dear:
        cheap_hash = await cheap.hashed("password")

        assert dear.is_outdated(cheap_hash)
        assert await dear.verified("password", cheap_hash)


def test_two_at_once_take_less_than_100_mib() -> None:
    assert AT_ONCE * OWASP.memory_kib < 100 * 1024


async def test_no_more_are_made_at_once_whoever_gives_up() -> None:
    async with Passwords.opened(CHEAP) as passwords:
        started, go_on = asyncio.Queue[None](), threading.Event()
        loop = asyncio.get_running_loop()

        def work() -> None:
            loop.call_soon_threadsafe(started.put_nowait, None)
            go_on.wait()

        waiting = [asyncio.create_task(passwords._run(work)) for _ in range(2 * AT_ONCE)]
        for _ in range(AT_ONCE):
            await started.get()
        for task in waiting:
            task.cancel()
        await asyncio.sleep(0)

        # What has begun goes on, and nothing takes its place before it has ended.
        assert not waiting[0].done()
        assert started.empty()
        go_on.set()
        done = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(each, asyncio.CancelledError) for each in done)
