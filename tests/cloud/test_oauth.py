"""Signing in through a provider: a browser goes to the server, to the provider, and back to a port of this computer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from engine.cloud.desk import CloudDesk
from engine.library.library import Library
from engine.protocol.errors import Cancelled, Unauthenticated
from tests.sync_server.oauth.conftest import configuration
from tests.sync_server.oauth.provider import FakeProvider, RunningProvider
from tests.sync_server.running import ServerThread


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with RunningProvider() as running:
        yield running


@pytest.fixture
def server(make_server: Callable[..., ServerThread], provider: FakeProvider) -> ServerThread:
    return make_server(**configuration(provider))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[CloudDesk]:
    with Library.open(tmp_path / "library") as library:
        desk = CloudDesk(library)
        yield desk
        desk.close()


class Browser:
    """Follows every redirect, as a person's browser does, beside the program that waits."""

    def __init__(self) -> None:
        self.last: httpx.Response | None = None
        self.thread: threading.Thread | None = None

    def open(self, url: str) -> None:
        self.thread = threading.Thread(target=self._visit, args=(url,))
        self.thread.start()

    def _visit(self, url: str) -> None:
        self.last = httpx.get(url, follow_redirects=True, timeout=20)

    def page(self) -> str:
        assert self.thread is not None
        self.thread.join()
        assert self.last is not None
        return self.last.text


def test_a_person_comes_back_from_the_provider_signed_in(server: ServerThread, desk: CloudDesk) -> None:
    assert [name for name, _ in desk.providers(server.url)] == ["google", "github"]
    browser = Browser()
    account = desk.sign_in_with(server.url, "google", browser.open)
    assert account.signed_in
    assert "You are signed in" in browser.page()
    assert [one.personal for one in desk.workspaces()] == [True]


def test_a_refusal_at_the_provider_is_said(server: ServerThread, provider: FakeProvider, desk: CloudDesk) -> None:
    browser = Browser()

    def refuse(url: str) -> None:
        """The person presses Cancel there: the provider sends the browser back without a code."""
        to_provider = httpx.get(url).headers["Location"]
        asked = {name: values[0] for name, values in parse_qs(urlsplit(to_provider).query).items()}
        browser.open(f"{asked['redirect_uri']}?error=access_denied&state={asked['state']}")

    with pytest.raises(Unauthenticated, match="Google did not work"):
        desk.sign_in_with(server.url, "google", refuse)
    assert "did not work" in browser.page()
    assert desk.account() is None


def test_a_sign_in_can_be_given_up(server: ServerThread, desk: CloudDesk) -> None:
    attempt = desk.begin_sign_in(server.url, "github")
    with pytest.raises(Cancelled):
        desk.sign_in_with(server.url, "github", lambda _: attempt.give_up(), attempt=attempt)


def test_what_is_no_answer_to_this_attempt_is_not_heard(server: ServerThread, desk: CloudDesk) -> None:
    attempt = desk.begin_sign_in(server.url, "google")
    answers: list[int] = []

    def forge(url: str) -> None:
        back = parse_qs(urlsplit(url).query)["redirect_uri"][0]
        for forged in (f"{back}?code=x", f"{back}?code=x&state=wrong", back.replace("signed-in", "other")):
            answers.append(httpx.get(forged).status_code)
        attempt.give_up()

    with pytest.raises(Cancelled):
        desk.sign_in_with(server.url, "google", forge, attempt=attempt)
    assert answers == [404, 404, 404]
