"""Every answer that isn't a success is a problem document, also those of the framework itself."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as OutOfConnections
from starlette.exceptions import HTTPException

from engine.protocol.errors import ErrorCode
from sync_server.problems import MEDIA_TYPE, BadRequest, FieldProblem, Problem, ProblemBody, Unavailable

LOG = logging.getLogger("mascotforge.server")
RETRY_AFTER_S = 2.0

_CODES = {
    401: ErrorCode.UNAUTHENTICATED,
    403: ErrorCode.FORBIDDEN,
    404: ErrorCode.NOT_FOUND,
    413: ErrorCode.TOO_LARGE,
    429: ErrorCode.RATE_LIMITED,
    503: ErrorCode.UNAVAILABLE,
}


def request_id(request: Request) -> str:
    return getattr(request.state, "request_id", "")


def problem_response(request: Request, problem: Problem) -> JSONResponse:
    headers = dict(problem.headers)
    if problem.retry_after_s is not None:
        headers.setdefault("Retry-After", str(max(1, round(problem.retry_after_s))))
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers.setdefault("WWW-Authenticate", "Bearer")
    body = ProblemBody(
        type=f"/problems/{problem.code}",
        title=problem.title,
        status=problem.status,
        code=problem.code,
        detail=problem.sentence,
        instance=request_id(request),
        fields=problem.fields,
        retry_after_s=problem.retry_after_s,
    )
    return JSONResponse(
        body.model_dump(mode="json"), status_code=problem.status, headers=headers, media_type=MEDIA_TYPE
    )


def install_error_handlers(app: FastAPI) -> None:
    async def told(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)
        return problem_response(request, error)

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        fields = tuple(_field(one) for one in error.errors()[:20])
        named = ", ".join(dict.fromkeys(field.where for field in fields))
        return problem_response(request, BadRequest(f"The request can't be used: look at {named}.", fields=fields))

    async def framework(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        if error.status_code == HTTPStatus.BAD_REQUEST:  # a body that isn't even text
            return problem_response(request, BadRequest("The request's body can't be read; send JSON in UTF-8."))
        problem = Problem(str(error.detail).rstrip(".") + ".", code=_CODES.get(error.status_code, ErrorCode.BAD_INPUT))
        problem.status = error.status_code
        problem.title = HTTPStatus(error.status_code).phrase
        problem.headers = dict(error.headers or {})
        return problem_response(request, problem)

    async def raced(request: Request, error: Exception) -> JSONResponse:
        LOG.warning("request %s met another one", request_id(request), exc_info=error)
        sentence = "Another request changed the same thing at this moment; try again."
        return problem_response(request, Unavailable(sentence, retry_after_s=1.0))

    async def unstorable(request: Request, error: Exception) -> JSONResponse:
        LOG.warning("request %s holds what the database can't", request_id(request), exc_info=error)
        return problem_response(request, BadRequest("The request holds a value that can't be stored."))

    async def unforeseen(request: Request, error: Exception) -> JSONResponse:
        LOG.error("request %s failed", request_id(request), exc_info=error)
        return problem_response(
            request, Problem("The server failed at this request; its log says more under the number of the request.")
        )

    async def no_database(request: Request, error: Exception) -> JSONResponse:
        LOG.error("the database failed", exc_info=error)
        sentence = "The server's database doesn't answer now; try again in a moment."
        return problem_response(request, Unavailable(sentence, retry_after_s=RETRY_AFTER_S))

    app.add_exception_handler(Problem, told)
    app.add_exception_handler(OperationalError, no_database)
    app.add_exception_handler(OutOfConnections, no_database)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, framework)
    app.add_exception_handler(IntegrityError, raced)
    app.add_exception_handler(DataError, unstorable)
    app.add_exception_handler(Exception, unforeseen)


_SENTENCES = {
    "missing": "it is missing",
    "extra_forbidden": "it is not asked for here",
    "string_too_short": "it needs at least {min_length} characters",
    "string_too_long": "it may have at most {max_length} characters",
    "too_short": "it needs at least {min_length} {unit}",
    "too_long": "it may have at most {max_length} {unit}",
}
"""For kinds of mistakes that people make; the others are programs' mistakes and keep the library's words."""


def _field(error: dict[str, Any]) -> FieldProblem:
    context: dict[str, Any] = error.get("ctx") or {}
    values = {"unit": "characters" if context.get("field_type") == "Value" else "entries", **context}
    said = "it is empty" if context.get("min_length") == 1 else _SENTENCES.get(error["type"], "").format(**values)
    said = said or str(error["msg"]).removeprefix("Value error, ")
    return FieldProblem(where=".".join(str(part) for part in error["loc"]), sentence=said.rstrip(".") + ".")
