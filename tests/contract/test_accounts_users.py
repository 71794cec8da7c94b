"""Users: reading, creating, changing, and who may do what to whom."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from nekohub.accounts.v1 import accounts_pb2 as pb

from services.accounts.permissions import PERMISSIONS
from services.chassis.clock import datetime_of
from services.chassis.errors import PermissionDenied
from services.chassis.ids import is_id, new_id
from tests.contract.accounts_hub import (
    KEY_ACTOR,
    PASSWORD,
    START,
    AccountsHub,
    acting,
    failure,
    reason,
    running,
    settings_for,
)

INVALID, DENIED = "InvalidArgument", "PermissionDenied"
FORBIDDEN = (DENIED, "USER_MANAGE_FORBIDDEN")
MANAGER = ("users.read", "users.create", "users.update", "users.disable", "users.managePermissions")


@pytest.fixture
async def hub(tmp_path: Path, database_url: str) -> AsyncIterator[AccountsHub]:
    async with running(settings_for(tmp_path, database_url)) as made:
        yield made


async def test_a_user_is_as_it_was_asked_for(hub: AccountsHub) -> None:
    user = await hub.create(" Ｚｏë ", permissions=["users.read", "assets.create", "users.read"])

    assert is_id(user.id)
    assert (user.username, user.role, user.is_active) == ("Zoë", pb.ROLE_USER, True)
    assert list(user.permissions) == ["assets.read", "assets.create", "users.read"]
    assert datetime_of(user.create_time) == datetime_of(user.update_time) == START
    assert not user.HasField("last_login_time")
    assert await hub.get(user) == user

    admin = await hub.create(role="admin", is_active=False)
    assert (admin.role, admin.is_active) == (pb.ROLE_ADMIN, False)
    assert list(admin.permissions) == list(PERMISSIONS)


async def test_a_user_that_is_not_there_is_not_found(hub: AccountsHub) -> None:
    for user_id in ("", "no-id", "x" * 1000, new_id()):
        nobody = pb.User(id=user_id)
        for call in (
            hub.get(nobody),
            hub.update(nobody, username="another"),
            hub.permit(nobody),
            hub.switch(nobody, is_active=False),
            hub.reset(nobody, PASSWORD),
        ):
            assert await reason(call) == ("NotFound", "USER_NOT_FOUND")


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"username": ""}, "USER_USERNAME_REQUIRED"),
    ({"username": " \u2003 "}, "USER_USERNAME_REQUIRED"),
    ({"username": "x" * 65}, "USER_USERNAME_REQUIRED"),
    ({"username": "ﷺ" * 4}, "USER_USERNAME_REQUIRED"),
    ({"username": "x" * 100_000}, "USER_USERNAME_REQUIRED"),
    ({"username": "a\0b"}, "USER_USERNAME_REQUIRED"),
    ({"username": "a\nb"}, "USER_USERNAME_REQUIRED"),
    ({"username": "a\u202eb"}, "USER_USERNAME_REQUIRED"),
    ({"username": "a\u200bb"}, "USER_USERNAME_REQUIRED"),
    ({"username": "a\uffffb"}, "USER_USERNAME_REQUIRED"),
    ({"username": "\uffff"}, "USER_USERNAME_REQUIRED"),
    ({"username": "\u3164"}, "USER_USERNAME_REQUIRED"),
    ({"username": "\u2800 \u2800"}, "USER_USERNAME_REQUIRED"),
    ({"username": "\U000e0100"}, "USER_USERNAME_REQUIRED"),
    ({"username": "\u034f\u115f\u17b4\u180b\ufe0f\uffa0"}, "USER_USERNAME_REQUIRED"),
    ({"password": ""}, "USER_PASSWORD_REQUIRED"),
    ({"password": "planted"}, "USER_PASSWORD_REQUIRED"),
    ({"password": "planted" * 37}, "USER_PASSWORD_REQUIRED"),
    ({"role": pb.ROLE_UNSPECIFIED}, "USER_ROLE_INVALID"),
    ({"role": 99}, "USER_ROLE_INVALID"),
    ({"permissions": ["assets.fly"]}, "USER_PERMISSIONS_INVALID"),
    ({"permissions": ["Assets.Read"]}, "USER_PERMISSIONS_INVALID"),
    ({"permissions": ["assets.read"], "role": pb.ROLE_ADMIN}, "USER_PERMISSIONS_INVALID"),
    ({"actor": pb.Principal()}, "REQUEST_INVALID"),
    ({"actor": pb.Principal(id="somebody")}, "REQUEST_INVALID"),
    ({"request_id": "x" * 65}, "REQUEST_INVALID"),
    ({"request_id": "a\0b"}, "REQUEST_INVALID"),
]


async def test_what_cannot_be_is_refused(hub: AccountsHub) -> None:
    whole = {
        "actor": KEY_ACTOR, "username": "zoë", "password": PASSWORD, "role": pb.ROLE_USER,
    }  # fmt: skip
    for given, code in REFUSED:
        assert await reason(hub("CreateUser", **(whole | given))) == (INVALID, code), given
    assert (await hub.page()).total == 1


async def test_a_password_may_be_any_text(hub: AccountsHub) -> None:
    user = await hub.create("x" * 64)
    for password in ("x" * 8, "ü" * 256, "  😀 tab\t", "a\u0308" * 256):
        await hub.reset(user, password)
        assert (await hub.login("X" * 64, password)).user.id == user.id
        assert (await hub.create(password=password)).is_active


async def test_a_name_is_taken_in_any_letter_case(hub: AccountsHub) -> None:
    conflict = ("AlreadyExists", "USER_USERNAME_CONFLICT")
    user = await hub.create("Straße")
    second = await hub.create("another")
    told = (await failure(hub.create("STRASSE"))).message
    assert told.startswith("another user has the name 'STRASSE', or one that looks the same")
    for other in ("straße", "STRASSE", "Straße", " strasse ", "ſtraſſe"):
        assert await reason(hub.create(other)) == conflict
        assert await reason(hub.update(second, username=other)) == conflict
        # One's own name may be written otherwise.
        assert (await hub.update(user, username=other)).username == other.strip().replace("ſ", "s")
    await hub.update(user, username="free again")
    assert (await hub.update(second, username="Straße")).id == second.id


UNSEEN = (
    "\ufe0f", "\u034f", "\u115f", "\u1160", "\u17b5", "\u180f", "\u3164", "\uffa0",
    "\U000e01ef", "\u2800",
)  # fmt: skip


async def test_a_name_is_taken_whatever_is_unseen_in_it(hub: AccountsHub) -> None:
    conflict = ("AlreadyExists", "USER_USERNAME_CONFLICT")
    user = await hub.create("Zoë")
    other = await hub.create("another")
    for each in UNSEEN:
        for name in (f"zoë{each}", f"{each} zoë", f"Zo{each}e\u0308", f"zoe{each}\u0308"):
            assert await reason(hub.create(name)) == conflict, name
            assert await reason(hub.update(other, username=name)) == conflict, name
        assert (await hub.login(f"zoë{each}")).user.id == user.id
    heart = await hub.create("\u2764\ufe0f")
    assert heart.username == "\u2764\ufe0f"
    assert (await hub.login("\u2764")).user.id == heart.id


async def test_changes_are_of_what_is_named(hub: AccountsHub) -> None:
    user = await hub.create("zoë", permissions=["assets.create"])
    hub.clock.passes(minutes=1)
    assert await hub.update(user) == user

    renamed = await hub.update(user, username="Zora")
    assert (renamed.username, renamed.role) == ("Zora", pb.ROLE_USER)
    assert datetime_of(renamed.update_time) == START + timedelta(minutes=1)
    assert await hub.get(user) == renamed
    assert await hub.update(user, username="Zora", role="user") == renamed

    admin = await hub.update(user, role="admin")
    assert list(admin.permissions) == list(PERMISSIONS)
    # What was granted before is not granted again.
    assert list((await hub.update(user, role="user")).permissions) == ["assets.read"]

    for mask, code in ((["password"], "REQUEST_INVALID"), (["username"], "USER_USERNAME_REQUIRED"),
                       (["role"], "USER_ROLE_INVALID")):  # fmt: skip
        asked = hub(
            "UpdateUser", actor=KEY_ACTOR, user_id=user.id, update_mask=FieldMask(paths=mask)
        )
        assert await reason(asked) == (INVALID, code)


async def test_permissions_are_set_as_a_whole(hub: AccountsHub) -> None:
    user = await hub.create(permissions=["assets.create"])

    assert list((await hub.permit(user, "users.read")).permissions) == ["assets.read", "users.read"]
    assert list((await hub.permit(user)).permissions) == ["assets.read"]
    assert await reason(hub.permit(user, "fly")) == (INVALID, "USER_PERMISSIONS_INVALID")
    admin = await hub.create(role="admin")
    assert await reason(hub.permit(admin)) == (INVALID, "USER_PERMISSIONS_INVALID")


async def test_a_super_admin_is_touched_by_itself_only(hub: AccountsHub) -> None:
    admin = await hub.admin()
    assert (admin.username, admin.role) == ("admin", pb.ROLE_SUPER_ADMIN)
    other = await hub.create(role="admin")
    for by in (KEY_ACTOR, acting(other)):
        for call, action in (
            (hub.create(role="superAdmin", by=by), "CREATE"),
            (hub.update(admin, by, username="root"), "UPDATE"),
            (hub.update(admin, by, role="user"), "UPDATE"),
            (hub.update(other, KEY_ACTOR, role="superAdmin"), "UPDATE"),
            (hub.permit(admin, by=by), "PERMISSIONS"),
            (hub.switch(admin, False, by), "DISABLE"),
            (hub.switch(admin, True, by), "DISABLE"),
            (hub.reset(admin, "another-password", by), "RESET_PASSWORD"),
        ):
            assert await reason(call) == (DENIED, f"USER_SUPER_ADMIN_{action}_FORBIDDEN")
    assert await hub.get(admin) == admin

    itself = acting(admin)
    assert (await hub.update(admin, itself, username="root")).username == "root"
    await hub.reset(admin, "another-password", itself)
    assert (await hub.login("root", "another-password")).user.id == admin.id


@pytest.mark.parametrize("role", ["superAdmin", "admin", "user"])
async def test_what_nobody_does_to_themselves(hub: AccountsHub, role: str) -> None:
    user = (
        await hub.admin()
        if role == "superAdmin"
        else await hub.create(role=role, permissions=MANAGER if role == "user" else ())
    )
    itself = acting(user)
    for other in {"admin", "user", "superAdmin"} - {role}:
        assert await reason(hub.update(user, itself, role=other)) == (
            DENIED,
            "USER_SELF_ROLE_FORBIDDEN",
        )
    assert await reason(hub.permit(user, *PERMISSIONS, by=itself)) == (
        DENIED,
        "USER_SELF_PERMISSIONS_FORBIDDEN",
    )
    assert await reason(hub.switch(user, False, itself)) == (DENIED, "USER_SELF_DISABLE_FORBIDDEN")

    assert (await hub.switch(user, True, itself)).is_active
    renamed = await hub.update(user, itself, username="renamed", role=role)
    await hub.reset(user, "another-password", itself)
    assert (await hub.login("renamed", "another-password")).user.permissions == renamed.permissions


Call = Callable[[AccountsHub, pb.User, pb.Principal], Any]
ACTIONS: dict[str, Call] = {
    "rename": lambda hub, user, by: hub.update(user, by, username=f"new-{user.id}"),
    "permit": lambda hub, user, by: hub.permit(user, *user.permissions, by=by),
    "disable": lambda hub, user, by: hub.switch(user, False, by),
    "enable": lambda hub, user, by: hub.switch(user, True, by),
    "reset": lambda hub, user, by: hub.reset(user, "another-password", by),
}


async def test_who_manages_whom(hub: AccountsHub) -> None:
    manager = await hub.create("manager", permissions=[*MANAGER, "assets.create"])
    actors = {
        "API key": KEY_ACTOR,
        "superAdmin": acting(await hub.admin()),
        "admin": acting(await hub.create(role="admin")),
        "manager": acting(manager),
    }
    targets: dict[str, dict[str, Any]] = {
        "admin": {"role": "admin"},
        "plain": {},
        "equal": {"permissions": [*MANAGER, "assets.create"]},
        "less": {"permissions": ["assets.create"]},
        "more": {"permissions": ["assets.create", "assets.delete"]},
        "other": {"permissions": ["settings.read"]},
    }
    reach = {
        "API key": set(targets),
        "superAdmin": set(targets),
        "admin": set(targets) - {"admin"},
        "manager": {"plain", "equal", "less"},
    }
    for name, by in actors.items():
        managed: dict[str, set[str]] = {action: set() for action in ("create", *ACTIONS)}
        for kind, given in targets.items():
            user = await hub.create(**given)
            for action, call in ACTIONS.items():
                if action == "permit" and kind == "admin":
                    continue
                if await allowed(call(hub, user, by)):
                    managed[action].add(kind)
                else:
                    assert (await hub.get(user)).permissions == user.permissions
            if await allowed(hub.create(by=by, **given)):
                managed["create"].add(kind)
        for action, kinds in managed.items():
            wanted = reach[name] - ({"admin"} if action == "permit" else set())
            assert kinds == wanted, (name, action)


async def allowed(call: Any) -> bool:
    """Whether a call was answered; it may only be refused for who made it."""
    try:
        await call
    except PermissionDenied as error:
        if error.reason == "USER_MANAGE_FORBIDDEN":
            return False
        raise
    return True


async def test_nobody_comes_to_more_through_another(hub: AccountsHub) -> None:
    manager = acting(await hub.create("manager", permissions=MANAGER))
    admin = acting(await hub.create(role="admin"))
    user = await hub.create()

    for lacking in sorted(set(PERMISSIONS) - set(manager.permissions)):
        refused = await failure(hub.permit(user, lacking, by=manager))
        assert (refused.reason, lacking in refused.message) == ("USER_MANAGE_FORBIDDEN", True)
        assert await reason(hub.create(permissions=[lacking], by=manager)) == FORBIDDEN
    for by in (manager, admin):
        assert await reason(hub.update(user, by, role="admin")) == FORBIDDEN
        assert await reason(hub.create(role="admin", by=by)) == FORBIDDEN
    assert await hub.get(user) == user
    assert list((await hub.permit(user, *MANAGER, by=manager)).permissions)[1:] == list(MANAGER)
    assert list((await hub.permit(user, *PERMISSIONS, by=admin)).permissions) == list(PERMISSIONS)


async def test_what_the_actor_is_now_counts(hub: AccountsHub) -> None:
    """Not what its token says, nor what it is said to be."""
    admin = await hub.create(role="admin")
    was_admin = acting(admin)
    user = await hub.create(permissions=["settings.read"])
    await hub.update(admin, role="user")
    assert await reason(hub.switch(user, False, was_admin)) == FORBIDDEN
    was_admin.role = pb.ROLE_SUPER_ADMIN
    assert await reason(hub.create(role="admin", by=was_admin)) == FORBIDDEN

    await hub.update(admin, role="admin")
    await hub.switch(admin, is_active=False)
    assert await reason(hub.switch(user, False, was_admin)) == FORBIDDEN
    assert await reason(hub.reset(admin, "another-password", was_admin)) == FORBIDDEN
    gone = pb.Principal(id=new_id(), role=pb.ROLE_SUPER_ADMIN)
    assert await reason(hub.create(by=gone)) == FORBIDDEN


async def test_pages_are_newest_first_and_continue(hub: AccountsHub) -> None:
    names = [f"user-{number}" for number in range(5)]
    for name in names:
        await hub.create(name)
    expected = [*reversed(names), "admin"]

    seen: list[str] = []
    token = ""
    for total in (6, 7, 8):
        page = await hub.page(page_size=2, page_token=token)
        assert (len(page.users), page.total, page.total_is_capped) == (2, total, False)
        seen += [user.username for user in page.users]
        token = page.next_page_token
        await hub.create()  # who is on an earlier page
    assert seen == expected
    assert token == ""
    assert [user.username for user in (await hub.page(skip=3, page_size=5)).users] == expected[:5]
    assert len((await hub.page()).users) == 9
    empty = await hub.page(skip=1000)
    assert (list(empty.users), empty.total, empty.next_page_token) == ([], 9, "")


FOUND = {
    "": 7, "a": 3, "A%": 1, "_": 1, "\\": 1, "STRASSE": 1, "straße": 1, "zo": 1, "ZOE\u0308": 1,
    " b ": 2, "nobody": 0, "x" * 100_000: 0, "a\0": 3, "%": 1,
    " ": 7, "\0": 0, "\u3164": 0, " \u2800\0": 0, "\ufe0f" * 300 + "a": 0, "\u200b": 0,
    "z\ufe0fo": 1,
}  # fmt: skip
"""How many names have this in them."""


async def test_names_are_found_by_a_part(hub: AccountsHub) -> None:
    for name in ("a%b", "c_d", "e\\b", "Straße", "Zoë", "x"):
        await hub.create(name)
    for query, count in FOUND.items():
        page = await hub.page(query=query)
        assert (len(page.users), page.total) == (count, count), query


async def test_strange_pages_are_pages(hub: AccountsHub) -> None:
    for wanted in (
        {"page_size": -1}, {"page_size": 1000}, {"skip": -1}, {"skip": 2**63 - 1},
        {"page_token": "ü"}, {"page_token": "bm8taWQ="},
    ):  # fmt: skip
        page = await hub.page(**wanted)
        assert page.total == 1
        assert len(page.users) == (0 if wanted.get("skip") == 2**63 - 1 else 1)
