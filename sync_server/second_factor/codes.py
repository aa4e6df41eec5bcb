"""Codes of authenticator apps (TOTP, RFC 6238) and recovery codes: making, reading what people typed, comparing."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time

from pyotp import random_base32
from pyotp.totp import TOTP

STEP_S = 30
DRIFT = 1
"""Steps by which a phone's clock may be wrong, either way."""
DIGITS = 6
RECOVERY_CODES = 10
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without those that look like others (Crockford's base 32)."""
_RECOVERY_LENGTH = 16
_LOOK_ALIKES = str.maketrans("OIL", "011")


def new_seed() -> str:
    """160 bits in base 32, as authenticator apps take it."""
    return random_base32()


def uri_of(seed: str, account: str, issuer: str) -> str:
    """The `otpauth://` address that a QR code shows."""
    return TOTP(seed).provisioning_uri(name=account, issuer_name=issuer)


def step_of(seed: str, typed: str, last_step: int) -> int | None:
    """The step whose code this is; None for a wrong one, and for one that was used already."""
    code, totp = _plain(typed), TOTP(seed)
    current = int(time.time()) // STEP_S
    steps = range(max(current - DRIFT, last_step + 1), current + DRIFT + 1)
    # All are compared, so that the time taken says nothing.
    fitting = [step for step in steps if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())]
    return fitting[0] if fitting else None


def is_recovery_code(typed: str) -> bool:
    """By its length; whether it is a good one is another question."""
    return len(_plain(typed)) == _RECOVERY_LENGTH


def new_recovery_codes() -> list[str]:
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(_RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]
    return ["-".join(code[at : at + 4] for at in range(0, _RECOVERY_LENGTH, 4)) for code in codes]


def hash_of_recovery(typed: str) -> str:
    """However it was typed: small letters, no hyphens, O for 0."""
    return hashlib.sha256(_plain(typed).upper().translate(_LOOK_ALIKES).encode()).hexdigest()


def _plain(typed: str) -> str:
    return "".join(typed.replace("-", "").split())
