"""What the account's pages ask the server: each is one call of the desk, beside the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue, TypeAdapter

from engine.blobs.files import write_bytes
from engine.cloud.records import Record
from engine.cloud.session import server_url

if TYPE_CHECKING:
    from engine.cloud.desk import CloudDesk


class Device(Record):
    id: str
    name: str = ""
    address: str = ""
    seen_at: str = ""
    is_this: bool = False


class ApiKey(Record):
    id: str
    name: str = ""
    beginning: str = ""
    """The first letters of its secret."""
    scopes: tuple[str, ...] = ()
    last_used_at: str | None = None
    expires_at: str | None = None


class NewApiKey(ApiKey):
    """`secret` is told this once."""

    secret: str


class SecondFactor(Record):
    enabled: bool = False
    recovery_codes_left: int = 0


class Enrolment(Record):
    """What an authenticator app takes: the secret itself, or an `otpauth:` address that holds it."""

    secret: str
    uri: str


class RecoveryCodes(Record):
    codes: list[str]


class KindPreference(Record):
    """Whether one is told of this kind of thing at the bell (`app`) and by `mail`."""

    kind: str
    title: str = ""
    app: bool = True
    mail: bool = False


class Telling(Record):
    """`digest` is how often mail comes: soon, daily or never."""

    digest: str = "soon"
    kinds: tuple[KindPreference, ...] = ()


LEAST_PASSWORD = 10
"""Characters; the server asks for no fewer."""

_DEVICES: TypeAdapter[list[Device]] = TypeAdapter(list[Device])
_KEYS: TypeAdapter[list[ApiKey]] = TypeAdapter(list[ApiKey])


def items(answer: JsonValue) -> JsonValue:
    """The list of an answer that comes in pages."""
    return answer.get("items", []) if isinstance(answer, dict) else answer


def forgot(desk: CloudDesk, server: str, email: str) -> None:
    """Ask for the mail that leads to a new password."""
    desk.session.anonymous("POST", server_url(server), "/auth/forgot-password", {"email": email})


def reset(desk: CloudDesk, server: str, token: str, password: str) -> None:
    """Set a new password with what the mail proves."""
    desk.session.anonymous("POST", server_url(server), "/auth/reset-password", {"token": token, "password": password})


def rename(desk: CloudDesk, name: str) -> None:
    """Change the name that others see."""
    desk.call("PATCH", "/auth/me", {"name": name})
    account = desk.account()
    if account is not None:
        desk.session.renamed(name, account.email)


def export_account(desk: CloudDesk, path: Path) -> None:
    """Write all that the server knows of one to a ZIP file. Raises DiskFull, LibraryReadOnly for the file."""
    write_bytes(path, desk.session.request("GET", "/auth/export").content)


def change_password(desk: CloudDesk, old: str, new: str) -> None:
    """Other devices are signed out."""
    desk.call("POST", "/auth/change-password", {"old_password": old, "new_password": new})


def devices(desk: CloudDesk) -> list[Device]:
    """Where one is signed in, the last used first."""
    return _DEVICES.validate_python(items(desk.call("GET", "/auth/devices")))


def end_device(desk: CloudDesk, device_id: str) -> None:
    """Sign out a device."""
    desk.call("DELETE", f"/auth/devices/{device_id}")


def api_keys(desk: CloudDesk) -> list[ApiKey]:
    return _KEYS.validate_python(items(desk.call("GET", "/auth/api-keys")))


def make_api_key(desk: CloudDesk, name: str, scopes: list[str], days: int | None) -> NewApiKey:
    """`days`: how long it is good for; None is without an end."""
    wanted: dict[str, JsonValue] = {"name": name, "scopes": [*scopes], "expires_in_days": days}
    return NewApiKey.model_validate(desk.call("POST", "/auth/api-keys", wanted))


def end_api_key(desk: CloudDesk, key_id: str) -> None:
    """It opens nothing any more."""
    desk.call("DELETE", f"/auth/api-keys/{key_id}")


def telling(desk: CloudDesk) -> Telling:
    """Of what one is told, and how."""
    return Telling.model_validate(desk.call("GET", "/notifications/preferences"))


def change_telling(desk: CloudDesk, digest: str, kind: str, way: str, on: bool) -> Telling:
    """Another rhythm of mail when `digest` is given; of one kind, one `way` ("app" or "mail") when `kind` is."""
    change: dict[str, JsonValue] = {"digest": digest} if digest else {}
    if kind:
        change["kinds"] = [{"kind": kind, way: on}]
    return Telling.model_validate(desk.call("PATCH", "/notifications/preferences", change))


def delete_account(desk: CloudDesk, password: str) -> None:
    """For good; then there is nobody to be signed in here."""
    desk.stop()
    desk.call("POST", "/auth/delete-account", _proof(password))
    desk.session.forget()


def second_factor(desk: CloudDesk) -> SecondFactor:
    """Whether it is on, and how many recovery codes are left."""
    return SecondFactor.model_validate(desk.call("GET", "/auth/second-factor"))


def enrol(desk: CloudDesk, password: str) -> Enrolment:
    """Begin to set it up; it is on once a code of it was confirmed."""
    return Enrolment.model_validate(desk.call("POST", "/auth/second-factor/enrol", _proof(password)))


def confirm_enrolment(desk: CloudDesk, code: str) -> list[str]:
    """Switch it on; the recovery codes, which are told this once."""
    return RecoveryCodes.model_validate(desk.call("POST", "/auth/second-factor/confirm", {"code": code})).codes


def end_second_factor(desk: CloudDesk, password: str, code: str) -> None:
    """Switch it off."""
    desk.call("POST", "/auth/second-factor/disable", _proof(password) | {"code": code})


def renew_recovery_codes(desk: CloudDesk, password: str, code: str) -> list[str]:
    """Ten others; those before are good no longer."""
    given = _proof(password) | {"code": code}
    return RecoveryCodes.model_validate(desk.call("POST", "/auth/second-factor/recovery-codes", given)).codes


def _proof(password: str) -> dict[str, JsonValue]:
    """Somebody who signs in with a provider has no password; having signed in a moment ago is enough then."""
    return {"password": password} if password else {}
