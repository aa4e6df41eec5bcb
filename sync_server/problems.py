"""Errors of the API (RFC 9457, `application/problem+json`): a status, a stable code, one sentence for the user."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from engine.protocol.errors import ErrorCode

MEDIA_TYPE = "application/problem+json"
SCHEMAS = "#/components/schemas/"


class FieldProblem(BaseModel):
    """One value of a request that can't be used: where it is (`body.email`), and what is wrong with it."""

    model_config = ConfigDict(frozen=True)

    where: str
    sentence: str


class ProblemBody(BaseModel):
    """What every answer that is not a success holds."""

    model_config = ConfigDict(frozen=True)

    type: str
    title: str
    status: int
    code: str
    detail: str
    """One sentence: what, where, what to do now."""
    instance: str
    """The id of the request, which is in the server's log, too."""
    fields: tuple[FieldProblem, ...] = ()
    retry_after_s: float | None = Field(default=None, description="Seconds to wait before the next try.")


class Problem(Exception):
    """Raised anywhere below a route; becomes the answer."""

    status = 500
    code = ErrorCode.INTERNAL
    title = "The server failed"

    def __init__(
        self,
        sentence: str,
        *,
        code: ErrorCode | None = None,
        fields: tuple[FieldProblem, ...] = (),
        retry_after_s: float | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.fields = fields
        self.retry_after_s = retry_after_s
        self.headers = headers or {}
        if code is not None:
            self.code = code


class BadRequest(Problem):
    status, code, title = 422, ErrorCode.BAD_INPUT, "The request can't be used"


class Unauthenticated(Problem):
    status, code, title = 401, ErrorCode.UNAUTHENTICATED, "Not signed in"


class SecondFactorNeeded(Unauthenticated):
    """The password was right; the same again with a code."""

    code, title = ErrorCode.SECOND_FACTOR_NEEDED, "A second factor is needed"


class AddressUnconfirmed(Unauthenticated):
    """The password was right, but the registration's mail isn't confirmed; it can be sent again."""

    code, title = ErrorCode.ADDRESS_UNCONFIRMED, "The address isn't confirmed yet"


class Forbidden(Problem):
    status, code, title = 403, ErrorCode.FORBIDDEN, "Not allowed"


class Missing(Problem):
    """Also for what exists, but not for this caller: nobody learns what others have."""

    status, code, title = 404, ErrorCode.NOT_FOUND, "Not found"


class Conflict(Problem):
    status, code, title = 409, ErrorCode.CONFLICT, "In conflict with what is there"


class Gone(Problem):
    status, code, title = 410, ErrorCode.EXPIRED, "Gone"


class TooLarge(Problem):
    status, code, title = 413, ErrorCode.TOO_LARGE, "Too large"


class TooMany(Problem):
    status, code, title = 429, ErrorCode.RATE_LIMITED, "Too many requests"


class Unavailable(Problem):
    status, code, title = 503, ErrorCode.UNAVAILABLE, "Not available now"


class OutOfQuota(Problem):
    status, code, title = 507, ErrorCode.OUT_OF_QUOTA, "No room left"


_ALWAYS = (BadRequest, TooLarge, TooMany, Unavailable)


def documented(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that may raise these; what any route may raise is included."""
    # By reference, not as FastAPI's `model`: it would make a validator for each error of each route, twice.
    return {
        kind.status: {
            "description": kind.title,
            "content": {MEDIA_TYPE: {"schema": {"$ref": f"{SCHEMAS}ProblemBody"}}},
        }
        for kind in (*_ALWAYS, *problems)
    }


SIGNED_IN: tuple[type[Problem], ...] = (Unauthenticated, Forbidden)
"""For `documented` of a route that needs an account."""
IN_WORKSPACE: tuple[type[Problem], ...] = (*SIGNED_IN, Missing)
"""For `documented` of a route about something that belongs to a workspace."""
