"""The second factor as it is set up, told and switched off."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from sync_server.accounts.schemas import Code, OldPassword
from sync_server.inputs import Input


class SecondFactorStatus(BaseModel):
    enabled: bool
    confirmed_at: datetime | None
    recovery_codes_left: int


class Proof(Input):
    password: OldPassword | None = None
    """Not needed within ten minutes of signing in by those who have none."""


class ProofWithCode(Proof):
    code: Code
    """Of the authenticator app, or a recovery code."""


class FirstCode(Input):
    code: Code


class Enrolment(BaseModel):
    """For the authenticator app; told this once."""

    secret: str
    uri: str
    """What a QR code shows."""


class RecoveryCodes(BaseModel):
    """Told this once: keep them where you find them without your phone."""

    codes: list[str]
