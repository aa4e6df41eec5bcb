"""The pages behind the links in mails, for those who don't paste the code. A link alone does nothing: mail scanners
open links, so each page asks for a click."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader
from pydantic import SecretStr

from sync_server.accounts import password_routes, sign_up
from sync_server.accounts.schemas import MAX_PASSWORD, MIN_PASSWORD, PasswordReset
from sync_server.accounts.writing import written
from sync_server.http.dependencies import State
from sync_server.problems import Problem

router = APIRouter(include_in_schema=False)
TEMPLATES = Path(__file__).parent / "templates"
POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
MailedToken = Annotated[str, Query(max_length=200)]
SentToken = Annotated[str, Form(max_length=200)]

_environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)


@router.get("/account.css")
def account_css() -> Response:
    headers = {"Cache-Control": "public, max-age=86400"}
    return Response((TEMPLATES / "account.css").read_bytes(), media_type="text/css", headers=headers)


@router.get("/verify-email")
def verify_page(token: MailedToken = "") -> HTMLResponse:
    return page(
        "Confirm your address",
        "One click, and this address is confirmed.",
        action="/verify-email",
        token=token,
        button="Confirm my address",
    )


@router.post("/verify-email")
async def verify_from_page(state: State, token: SentToken = "") -> HTMLResponse:
    try:
        user = await written(state, lambda session: sign_up.confirm(state, session, token))
    except Problem as problem:
        return page("That did not work", problem.sentence, status=problem.status, trouble=True)
    return page("Welcome to MascotForge", f"{user.email} is confirmed. Go back to the studio and sign in.")


@router.get("/reset-password")
def reset_page(token: MailedToken = "") -> HTMLResponse:
    return _reset_form(token, "")


@router.post("/reset-password")
async def reset_from_page(
    state: State, request: Request, token: SentToken = "", password: Annotated[str, Form(max_length=1000)] = ""
) -> HTMLResponse:
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        sentence = f"The password must have {MIN_PASSWORD} to {MAX_PASSWORD} characters; choose another one."
        return _reset_form(token, sentence, status=422)
    try:
        given = PasswordReset(token=token or "-", password=SecretStr(password))
        await password_routes.reset_password(state, request, given)
    except Problem as problem:
        return page("That did not work", problem.sentence, status=problem.status, trouble=True)
    return page("Your password is changed", "All devices were signed out. Go back to the studio and sign in.")


def _reset_form(token: str, sentence: str, *, status: int = 200) -> HTMLResponse:
    return page(
        "Choose a new password",
        sentence,
        status=status,
        trouble=bool(sentence),
        action="/reset-password",
        token=token,
        button="Change my password",
        asks_password=True,
    )


def page(
    title: str,
    sentence: str,
    *,
    status: int = 200,
    trouble: bool = False,
    action: str = "",
    token: str = "",
    button: str = "",
    asks_password: bool = False,
) -> HTMLResponse:
    html = _environment.get_template("account.html").render(
        title=title,
        sentence=sentence,
        trouble=trouble,
        action=action,
        token=token,
        button=button,
        asks_password=asks_password,
        shortest=MIN_PASSWORD,
        longest=MAX_PASSWORD,
    )
    # The address holds a token: it must not be kept, nor told to others.
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    return HTMLResponse(html, status_code=status, headers=headers)
