"""An account at a provider is linked by its own person, who is signed in; and unlinked again."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.sync_server.oauth.conftest import Studio, configuration
from tests.sync_server.oauth.provider import FakePerson, FakeProvider
from tests.sync_server.running import PASSWORD, ServerThread, SignedIn

People = Callable[..., SignedIn]


@pytest.fixture
def ada(sign_up: People) -> SignedIn:
    return sign_up("ada@example.org")


def begin(person: SignedIn, studio: Studio, provider: str = "google", password: str = PASSWORD) -> httpx.Response:
    body = {
        "redirect_uri": studio.redirect_uri,
        "state": studio.state,
        "code_challenge": studio.challenge,
        "password": password,
    }
    return person.post(f"/auth/oauth/{provider}/link", json=body)


def finish(person: SignedIn, studio: Studio, code: str) -> httpx.Response:
    return person.post("/auth/oauth/link", json={"code": code, "code_verifier": studio.verifier})


def link(person: SignedIn, studio: Studio, provider: str = "google") -> httpx.Response:
    began = begin(person, studio, provider)
    assert began.status_code == 200, began.text
    return finish(person, studio, studio.follow(began.json()["url"])["code"])


def test_a_linked_account_signs_in_to_the_same_person(ada: SignedIn, studio: Studio, server: ServerThread) -> None:
    linked = link(ada, studio)
    assert linked.status_code == 200 and linked.json()["title"] == "Google"
    assert Studio(server).sign_in().json()["user"]["id"] == ada.user_id
    assert [one["email"] for one in ada.get("/auth/oauth/identities").json()["items"]] == ["ada@example.org"]
    assert server.mailbox.wait("ada@example.org", "signing in")


def test_linking_with_a_provider_that_cannot_be_reached_says_so(
    sign_up: People, make_server: Callable[..., ServerThread], provider: FakeProvider
) -> None:
    bare = make_server(**{**configuration(provider), "oauth_base_urls": {"google": "http://127.0.0.1:9"}})
    refused = begin(sign_up("ada@example.org", server=bare), Studio(bare))
    assert refused.status_code == 503 and "Google can't be reached" in refused.json()["detail"]


def test_linking_needs_the_password(ada: SignedIn, studio: Studio) -> None:
    assert begin(ada, studio, password="wrong wrong wrong").status_code == 403


def test_a_code_for_linking_signs_nobody_in_and_the_other_way_round(ada: SignedIn, studio: Studio) -> None:
    for_linking = studio.follow(begin(ada, studio).json()["url"])["code"]
    assert studio.exchange(for_linking).status_code == 410
    for_signing_in = studio.dance()["code"]
    assert finish(ada, studio, for_signing_in).status_code == 410


def test_a_code_for_linking_serves_only_who_began(ada: SignedIn, studio: Studio, sign_up: People) -> None:
    eve = sign_up("eve@example.org")
    code = studio.follow(begin(ada, studio).json()["url"])["code"]
    assert finish(eve, studio, code).status_code == 410
    assert finish(ada, Studio(studio.server), code).status_code == 403
    assert eve.get("/auth/oauth/identities").json()["items"] == []


def test_an_account_of_somebody_else_is_not_linked_twice(
    ada: SignedIn, studio: Studio, sign_up: People, provider: FakeProvider
) -> None:
    eve = sign_up("eve@example.org")
    assert link(ada, studio).status_code == 200
    assert link(eve, studio).status_code == 409
    assert link(ada, studio).status_code == 200
    provider.person = FakePerson(subject="2002", email="second@example.org")
    assert link(ada, studio).status_code == 409
    assert link(ada, studio, "github").status_code == 200


def test_unlinked_it_no_longer_signs_in(ada: SignedIn, studio: Studio, server: ServerThread, sign_up: People) -> None:
    identity = link(ada, studio).json()["id"]
    eve = sign_up("eve@example.org")
    assert eve.delete(f"/auth/oauth/identities/{identity}").status_code == 404
    assert ada.delete(f"/auth/oauth/identities/{identity}").status_code == 204
    assert Studio(server).sign_in().status_code == 409


def test_the_last_way_to_sign_in_stays(studio: Studio, server: ServerThread) -> None:
    client = server.client(studio.sign_in().json()["access_token"])
    identity = client.get("/api/v1/auth/oauth/identities").json()["items"][0]["id"]
    refused = client.delete(f"/api/v1/auth/oauth/identities/{identity}")
    assert refused.status_code == 409 and "password" in refused.json()["detail"]
    changed = client.post("/api/v1/auth/change-password", json={"new_password": PASSWORD})
    assert changed.status_code == 204, changed.text
    assert client.delete(f"/api/v1/auth/oauth/identities/{identity}").status_code == 204
