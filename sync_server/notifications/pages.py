"""The page behind a mail's link: one click, and there is no more mail. Mail programs may send the click themselves."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse

from sync_server.accounts.pages import page
from sync_server.http.dependencies import State
from sync_server.notifications.opting_out import PATH, opt_out
from sync_server.problems import Problem

router = APIRouter(include_in_schema=False)


@router.get(PATH)
def opt_out_page(token: Annotated[str, Query(max_length=1000)] = "") -> HTMLResponse:
    """A link alone changes nothing: mail scanners open links."""
    return page(
        "No more mail?",
        "You will no longer get mail about comments, mentions and jobs. The studio goes on showing them.",
        action=PATH,
        token=token,
        button="No more mail",
    )


@router.post(PATH)
def opt_out_from_page(
    state: State,
    asked: Annotated[str, Query(alias="token", max_length=1000)] = "",
    sent: Annotated[str, Form(alias="token", max_length=1000)] = "",
) -> HTMLResponse:
    """By the button of the page, or by the mail program (RFC 8058), which sends the link's own token."""
    try:
        opt_out(state, sent or asked)
    except Problem as problem:
        return page("That did not work", problem.sentence, status=problem.status, trouble=True)
    return page("No more mail", "Should you want it again: in the studio choose Account, Notifications.")
