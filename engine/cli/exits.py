"""Exit codes of the command line; docs/command-line.md lists them for scripts."""

from __future__ import annotations

from engine.protocol.errors import ErrorCode

OK = 0
FAILED = 1
BAD_INPUT = 2
NOT_FOUND = 3
LIBRARY = 4
MODEL = 5
OUT_OF_MEMORY = 6
DISK_FULL = 7
ENGINE = 8
NETWORK = 9
SIGNED_OUT = 10
FORBIDDEN = 11
CONFLICT = 12
QUOTA = 13
CANCELLED = 130

_BY_CODE: dict[ErrorCode, int] = {
    ErrorCode.BAD_INPUT: BAD_INPUT,
    ErrorCode.BAD_PICTURE: BAD_INPUT,
    ErrorCode.UNKNOWN_ACTION: BAD_INPUT,
    ErrorCode.NOT_FOUND: NOT_FOUND,
    ErrorCode.UNKNOWN_MODEL: NOT_FOUND,
    ErrorCode.LIBRARY_READ_ONLY: LIBRARY,
    ErrorCode.LIBRARY_NEWER: LIBRARY,
    ErrorCode.LIBRARY_CORRUPT: LIBRARY,
    ErrorCode.LIBRARY_IN_USE: LIBRARY,
    ErrorCode.BAD_MODEL: MODEL,
    ErrorCode.OUT_OF_MEMORY: OUT_OF_MEMORY,
    ErrorCode.DISK_FULL: DISK_FULL,
    ErrorCode.ENGINE_STOPPED: ENGINE,
    ErrorCode.MISSING_PROGRAM: ENGINE,
    ErrorCode.OFFLINE: NETWORK,
    ErrorCode.DOWNLOAD_FAILED: NETWORK,
    ErrorCode.UNAVAILABLE: NETWORK,
    ErrorCode.RATE_LIMITED: NETWORK,
    ErrorCode.UNAUTHENTICATED: SIGNED_OUT,
    ErrorCode.SECOND_FACTOR_NEEDED: SIGNED_OUT,
    ErrorCode.ADDRESS_UNCONFIRMED: SIGNED_OUT,
    ErrorCode.FORBIDDEN: FORBIDDEN,
    ErrorCode.CONFLICT: CONFLICT,
    ErrorCode.EXPIRED: NOT_FOUND,
    ErrorCode.TOO_LARGE: QUOTA,
    ErrorCode.OUT_OF_QUOTA: QUOTA,
    ErrorCode.CANCELLED: CANCELLED,
}


def exit_code(code: ErrorCode) -> int:
    return _BY_CODE.get(code, FAILED)
