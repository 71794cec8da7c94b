"""Keys at rest."""

import pytest
from pydantic import SecretStr

from services.providers.secrets import KeyBox, KeyUnreadable

FIRST = SecretStr("first secret of more than 32 characters")
SECOND = SecretStr("second secret of more than 32 characters")
KEY = SecretStr("sk-planted")


def test_a_sealed_key_is_unreadable_and_opens_again() -> None:
    box = KeyBox([FIRST])
    sealed = box.seal(KEY)

    assert "planted" not in sealed
    assert box.open(sealed, "x") == KEY
    assert KeyBox([FIRST]).open(sealed, "x") == KEY


def test_no_key_stays_no_key() -> None:
    box = KeyBox([FIRST])

    assert box.seal(SecretStr("")) == ""
    assert box.open("", "x") == SecretStr("")


def test_after_rotation_old_keys_open_and_new_ones_need_the_new_secret() -> None:
    old = KeyBox([FIRST]).seal(KEY)
    rotated = KeyBox([SECOND, FIRST])

    assert rotated.open(old, "x") == KEY
    assert KeyBox([SECOND]).open(rotated.seal(KEY), "x") == KEY


def test_a_lost_secret_is_explained() -> None:
    sealed = KeyBox([FIRST]).seal(KEY)

    with pytest.raises(KeyUnreadable, match=r"profile 'x'.*NEKOHUB_SECRET_KEY") as lost:
        KeyBox([SECOND]).open(sealed, "x")
    assert "planted" not in str(lost.value)
