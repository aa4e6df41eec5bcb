"""What goes in and out of the account's routes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, SecretStr, StringConstraints

from sync_server.inputs import Email, Input

MIN_PASSWORD, MAX_PASSWORD = 10, 256

Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
NewPassword = Annotated[SecretStr, Field(min_length=MIN_PASSWORD, max_length=MAX_PASSWORD)]
OldPassword = Annotated[SecretStr, Field(min_length=1, max_length=MAX_PASSWORD)]
MailedToken = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class Registration(Input):
    email: Email
    password: NewPassword
    name: Name = ""


class EmailOnly(Input):
    email: Email


class Confirmation(Input):
    token: MailedToken
    """From the mail."""


class Login(Input):
    email: Email
    password: OldPassword
    code: Code | None = None
    """Of the authenticator app, or a recovery code: when the answer to a first try was `second_factor_needed`."""
    device_name: Name = ""


class Refresh(Input):
    refresh_token: Annotated[str, Field(min_length=1, max_length=200)]


class PasswordReset(Input):
    token: MailedToken
    """From the mail."""
    password: NewPassword


class PasswordChange(Input):
    old_password: OldPassword | None = None
    """Not needed by those who have none yet, within ten minutes of signing in."""
    new_password: NewPassword


class EmailChange(Input):
    email: Email
    password: OldPassword | None = None
    """Not needed within ten minutes of signing in by those who have none."""


class AccountDeletion(Input):
    password: OldPassword | None = None


class ProfileChange(Input):
    name: Name


class Message(BaseModel):
    """A sentence for the user."""

    message: str


class Confirmed(BaseModel):
    email: str


class Me(BaseModel):
    """One's own account."""

    id: str
    email: str
    name: str
    is_admin: bool
    has_password: bool
    workspace_id: str
    """The personal workspace."""
    created_at: datetime


class DeviceItem(BaseModel):
    id: str
    name: str
    address: str
    """From where it was last used."""
    created_at: datetime
    seen_at: datetime
    """To within the length of an access token."""
    is_this: bool


class Devices(BaseModel):
    items: list[DeviceItem]


class Tokens(BaseModel):
    access_token: str
    refresh_token: str
    token_type: str = "Bearer"
    expires_in: int
    """Seconds until the access token ends; the refresh token is good for one new pair."""


class SignedIn(Tokens):
    user: Me
