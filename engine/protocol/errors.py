"""Errors that a user can meet: a stable code and one sentence that says what, where, and what to do now."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class ErrorCode(StrEnum):
    BAD_INPUT = "bad_input"
    UNKNOWN_MODEL = "unknown_model"
    BAD_MODEL = "bad_model"
    UNKNOWN_ACTION = "unknown_action"
    BAD_PICTURE = "bad_picture"
    NOT_FOUND = "not_found"
    LIBRARY_READ_ONLY = "library_read_only"
    LIBRARY_NEWER = "library_newer"
    LIBRARY_CORRUPT = "library_corrupt"
    LIBRARY_IN_USE = "library_in_use"
    DISK_FULL = "disk_full"
    OUT_OF_MEMORY = "out_of_memory"
    ENGINE_STOPPED = "engine_stopped"
    MISSING_PROGRAM = "missing_program"
    OFFLINE = "offline"
    DOWNLOAD_FAILED = "download_failed"
    CANCELLED = "cancelled"
    UNAUTHENTICATED = "unauthenticated"
    SECOND_FACTOR_NEEDED = "second_factor_needed"
    ADDRESS_UNCONFIRMED = "address_unconfirmed"
    FORBIDDEN = "forbidden"
    CONFLICT = "conflict"
    EXPIRED = "expired"
    TOO_LARGE = "too_large"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    OUT_OF_QUOTA = "out_of_quota"
    INTERNAL = "internal"


class MascotError(Exception):
    """An error meant for the user: `sentence` is shown as it is, `details` behind a "Details" fold or `--verbose`.

    The sentence speaks of the studio; `command` (without the program's name) is what leads out on the command line.
    """

    code: ClassVar[ErrorCode] = ErrorCode.INTERNAL

    def __init__(self, sentence: str, *, details: str = "", command: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details = details
        self.command = command

    @property
    def typed_sentence(self) -> str:
        """The sentence for somebody at a command line."""
        return f"{self.sentence} On the command line: `mascotforge {self.command}`." if self.command else self.sentence


class BadInput(MascotError):
    code = ErrorCode.BAD_INPUT


class UnknownModel(MascotError):
    code = ErrorCode.UNKNOWN_MODEL


class BadModel(MascotError):
    code = ErrorCode.BAD_MODEL


class UnknownAction(MascotError):
    code = ErrorCode.UNKNOWN_ACTION


class BadPicture(MascotError):
    code = ErrorCode.BAD_PICTURE


class NotFound(MascotError):
    code = ErrorCode.NOT_FOUND


class LibraryReadOnly(MascotError):
    code = ErrorCode.LIBRARY_READ_ONLY


class LibraryNewer(MascotError):
    code = ErrorCode.LIBRARY_NEWER


class LibraryCorrupt(MascotError):
    code = ErrorCode.LIBRARY_CORRUPT


class LibraryInUse(MascotError):
    code = ErrorCode.LIBRARY_IN_USE


class DiskFull(MascotError):
    code = ErrorCode.DISK_FULL


class OutOfMemory(MascotError):
    code = ErrorCode.OUT_OF_MEMORY


class EngineStopped(MascotError):
    code = ErrorCode.ENGINE_STOPPED


class MissingProgram(MascotError):
    code = ErrorCode.MISSING_PROGRAM


class Offline(MascotError):
    code = ErrorCode.OFFLINE


class DownloadFailed(MascotError):
    code = ErrorCode.DOWNLOAD_FAILED


class Cancelled(MascotError):
    code = ErrorCode.CANCELLED


class Unauthenticated(MascotError):
    """Not signed in, or signed out elsewhere."""

    code = ErrorCode.UNAUTHENTICATED


class SecondFactorNeeded(MascotError):
    """The password was right; sign in again with a code of the authenticator app, or a recovery code."""

    code = ErrorCode.SECOND_FACTOR_NEEDED


class AddressUnconfirmed(MascotError):
    """The password was right, but the mail's link wasn't followed yet; the mail can be sent again."""

    code = ErrorCode.ADDRESS_UNCONFIRMED


class Forbidden(MascotError):
    code = ErrorCode.FORBIDDEN


class Conflict(MascotError):
    code = ErrorCode.CONFLICT


class Expired(MascotError):
    code = ErrorCode.EXPIRED


class TooLarge(MascotError):
    code = ErrorCode.TOO_LARGE


class RateLimited(MascotError):
    code = ErrorCode.RATE_LIMITED


class Unavailable(MascotError):
    """The server can't be reached or says that it can't answer now."""

    code = ErrorCode.UNAVAILABLE


class OutOfQuota(MascotError):
    code = ErrorCode.OUT_OF_QUOTA


BY_CODE: dict[ErrorCode, type[MascotError]] = {
    error.code: error for error in (MascotError, *MascotError.__subclasses__())
}


def from_code(code: str, sentence: str, details: str = "") -> MascotError:
    """The exception for a code that came over the wire; an unknown code (a newer peer) becomes a plain MascotError."""
    try:
        cls = BY_CODE[ErrorCode(code)]
    except (ValueError, KeyError):
        cls = MascotError
    return cls(sentence, details=details)
