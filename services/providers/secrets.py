"""Keeping API keys encrypted."""

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

_SEALING = b"nekohub provider api keys"


class KeyUnreadable(Exception):
    """A saved key was encrypted with a secret that is no longer among the settings."""

    def __init__(self, profile_name: str) -> None:
        super().__init__(
            f"the saved API key of profile {profile_name!r} cannot be decrypted: it was encrypted "
            "with another NEKOHUB_SECRET_KEY. Enter the API key of the profile again, or add the "
            "former secret to NEKOHUB_SECRET_KEY after the present one, separated by a comma"
        )


class KeyBox:
    """Encrypts and decrypts API keys, with keys derived from the hub's secrets."""

    def __init__(self, secrets: Sequence[SecretStr]) -> None:
        """Takes one secret or, for rotation, several: the first encrypts, all decrypt."""
        if not secrets:
            raise ValueError("at least one secret is needed")
        keys = [base64.urlsafe_b64encode(_derived(secret)) for secret in secrets]
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, api_key: SecretStr) -> str:
        """Encrypts a key; "" stays ""."""
        text = api_key.get_secret_value()
        return self._fernet.encrypt(text.encode()).decode("ascii") if text else ""

    def open(self, sealed: str, profile_name: str) -> SecretStr:
        """Decrypts a key. Raises KeyUnreadable, which names the profile."""
        if not sealed:
            return SecretStr("")
        try:
            return SecretStr(self._fernet.decrypt(sealed).decode())
        except InvalidToken:
            raise KeyUnreadable(profile_name) from None


def _derived(secret: SecretStr) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=_SEALING)
    return derivation.derive(secret.get_secret_value().encode())
