"""Signing in with a provider: the whole dance, over real HTTP, for a new person and a known one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from sqlalchemy import func, select, update

from sync_server.accounts.models import User
from sync_server.oauth.models import Identity, OAuthAttempt, OAuthGrant
from sync_server.second_factor.models import SecondFactor
from tests.sync_server.oauth.conftest import Studio, configuration
from tests.sync_server.oauth.provider import FakePerson, FakeProvider
from tests.sync_server.running import PASSWORD, ServerThread, SignedIn

People = Callable[..., SignedIn]


def test_the_providers_that_are_configured_are_offered(server: ServerThread, client: object) -> None:
    told = server.client().get("/api/v1/auth/oauth/providers").json()
    assert told == {"items": [{"id": "google", "title": "Google"}, {"id": "github", "title": "GitHub"}]}


def test_a_server_without_credentials_offers_none(make_server: Callable[..., ServerThread]) -> None:
    bare = make_server()
    assert bare.client().get("/api/v1/auth/oauth/providers").json() == {"items": []}
    assert Studio(bare).start().status_code == 404


@pytest.mark.parametrize("which", ["google", "github"])
def test_a_new_person_gets_an_account_with_a_workspace(studio: Studio, server: ServerThread, which: str) -> None:
    signed = studio.sign_in(which)
    assert signed.status_code == 200, signed.text
    user = signed.json()["user"]
    assert (user["email"], user["name"], user["has_password"]) == ("ada@example.org", "Ada Lovelace", False)
    me = server.client(signed.json()["access_token"]).get("/api/v1/auth/me").json()
    assert me["id"] == user["id"] and me["workspace_id"]


def test_the_same_person_comes_back_to_the_same_account_even_with_another_address(
    studio: Studio, server: ServerThread, provider: FakeProvider
) -> None:
    first = studio.sign_in().json()["user"]
    provider.person.email = "ada.l@example.org"
    again = Studio(server).sign_in().json()["user"]
    assert again["id"] == first["id"] and again["email"] == "ada@example.org"


def test_the_browser_carries_pkce_state_and_nonce_of_the_server(studio: Studio, provider: FakeProvider) -> None:
    address = urlsplit(studio.start().headers["Location"])
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}" == provider.url
    assert query["code_challenge_method"] == "S256" and len(query["nonce"]) >= 20 and len(query["state"]) >= 20
    assert query["code_challenge"] != studio.challenge and query["state"] != studio.state
    assert query["redirect_uri"] == f"{studio.server.url}/api/v1/auth/oauth/google/callback"


def test_only_the_studio_that_began_gets_tokens_for_the_code(studio: Studio, server: ServerThread) -> None:
    code = studio.dance()["code"]
    thief = Studio(server)
    assert thief.exchange(code).status_code == 403
    assert studio.exchange(code).status_code == 200
    assert studio.exchange(code).status_code == 410


def test_one_code_sent_twice_at_once_signs_in_once(studio: Studio) -> None:
    code = studio.dance()["code"]
    with ThreadPoolExecutor(4) as pool:
        answers = sorted(answer.status_code for answer in pool.map(studio.exchange, [code] * 4))
    assert answers == [200, 410, 410, 410]


def test_an_attempt_is_used_once_and_only_with_its_provider(studio: Studio, provider: FakeProvider) -> None:
    came_back = provider.authorize(
        {name: values[0] for name, values in parse_qs(urlsplit(studio.start().headers["Location"]).query).items()}
    )
    client = studio.server.client()
    assert client.get(came_back.replace("/google/", "/github/")).status_code == 410
    assert client.get(came_back).status_code == 303
    assert client.get(came_back).status_code == 410
    made_up = client.get("/api/v1/auth/oauth/google/callback?state=made-up&code=x")
    assert made_up.status_code == 410 and "begin again in the studio" in made_up.text
    assert made_up.headers["content-type"].startswith("text/html")


def test_an_old_attempt_and_an_old_code_are_refused(studio: Studio, server: ServerThread) -> None:
    code = studio.dance()["code"]
    started = studio.start().headers["Location"]
    with server.state.database.write() as session:
        session.execute(update(OAuthGrant).values(expires_at=datetime(2020, 1, 1, tzinfo=UTC)))
        session.execute(update(OAuthAttempt).values(expires_at=datetime(2020, 1, 1, tzinfo=UTC)))
    assert studio.exchange(code).status_code == 410
    with pytest.raises(AssertionError, match="410"):
        studio.follow(started)
    Studio(server).start()
    with server.state.database.read() as session:
        assert session.scalar(select(func.count()).select_from(OAuthGrant)) == 0
        assert session.scalar(select(func.count()).select_from(OAuthAttempt)) == 1


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/cb",
        "http://evil.example:5000/cb",
        "http://localhost:5000/cb",
        "http://127.0.0.1/cb",
        "http://127.0.0.1:80/cb",
        "http://127.0.0.1@evil.example:5000/cb",
        "http://127.0.0.1:5000@evil.example/cb",
        "http://127.0.0.1.evil.example:5000/cb",
        "http://127.0.0.1:5000/cb#fragment",
        "http://127.0.0.1:99999/cb",
        "javascript:alert(1)",
        "http://127.0.0.1:5000/a b",
    ],
)
def test_the_browser_is_only_ever_sent_to_the_loopback(studio: Studio, target: str) -> None:
    assert studio.start(redirect_uri=target).status_code == 422


def test_weak_challenges_and_states_are_refused(studio: Studio) -> None:
    assert studio.start(code_challenge="short").status_code == 422
    assert studio.start(code_challenge_method="plain").status_code == 422
    assert studio.start(state="short").status_code == 422


def test_an_address_that_the_provider_did_not_confirm_makes_no_account(studio: Studio, provider: FakeProvider) -> None:
    provider.person.verified = False
    for which in ("google", "github"):
        refused = studio.sign_in(which)
        assert refused.status_code == 403 and "confirm" in refused.json()["detail"]


def test_a_known_address_is_never_taken_over(
    studio: Studio, server: ServerThread, provider: FakeProvider, sign_up: People
) -> None:
    ada = sign_up("ada@example.org")
    for verified in (True, False):
        provider.person = FakePerson(verified=verified)
        refused = studio.sign_in()
        assert refused.status_code in (403, 409) and "access_token" not in refused.text
    with server.state.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Identity)) == 0
        assert session.get_one(User, ada.user_id).password_hash is not None


def test_who_says_no_in_the_browser_comes_back_to_the_studio_with_that(studio: Studio, provider: FakeProvider) -> None:
    provider.denies = True
    brought = studio.dance()
    assert (brought["error"], brought["state"]) == ("access_denied", studio.state) and "code" not in brought


def test_a_provider_that_cannot_be_reached_is_told_to_the_studio(
    make_server: Callable[..., ServerThread], provider: FakeProvider
) -> None:
    gone = make_server(**{**configuration(provider), "oauth_base_urls": {"google": "http://127.0.0.1:9"}})
    brought = Studio(gone).dance()
    assert brought["error"] == "server_error" and "can't be reached" in brought["error_description"]


def test_a_provider_that_answers_as_another_or_without_encryption_is_not_used(
    make_server: Callable[..., ServerThread], provider: FakeProvider
) -> None:
    other_name = provider.url.replace("127.0.0.1", "localhost")
    for address in (other_name, "http://accounts.example.org"):
        odd = make_server(**{**configuration(provider), "oauth_base_urls": {"google": address}})
        brought = Studio(odd).dance()
        assert brought["error"] == "server_error" and "administrator" in brought["error_description"]


def test_github_refusing_the_code_is_told_to_the_studio(studio: Studio, provider: FakeProvider) -> None:
    started = studio.start("github").headers["Location"]
    query = {name: values[0] for name, values in parse_qs(urlsplit(started).query).items()}
    came_back = provider.authorize(query)
    provider.codes.clear()
    brought = studio.follow(came_back)
    assert brought["error"] == "server_error" and "GitHub didn't confirm" in brought["error_description"]


def test_a_closed_account_stays_closed(studio: Studio, server: ServerThread) -> None:
    studio.sign_in()
    with server.state.database.write() as session:
        session.execute(update(User).values(disabled_at=datetime.now(UTC)))
    assert Studio(server).sign_in().status_code == 403


def test_a_closed_server_makes_no_accounts(make_server: Callable[..., ServerThread], provider: FakeProvider) -> None:
    closed = make_server(**configuration(provider), sign_up=False)
    assert Studio(closed).sign_in().status_code == 403


def test_the_second_factor_is_asked_for_and_the_code_stays_good_meanwhile(
    studio: Studio, server: ServerThread, sign_up: People
) -> None:
    first = studio.sign_in().json()
    client = server.client(first["access_token"])
    secret = client.post("/api/v1/auth/second-factor/enrol", json={}).json()["secret"]
    client.post("/api/v1/auth/second-factor/confirm", json={"code": pyotp.TOTP(secret).now()})
    with server.state.database.write() as session:
        session.execute(update(SecondFactor).values(last_step=0))
    again = Studio(server)
    code = again.dance()["code"]
    needed = again.exchange(code)
    assert (needed.status_code, needed.json()["code"]) == (401, "second_factor_needed")
    assert again.exchange(code, second_factor="000000").status_code == 401
    recorded = [event["action"] for event in client.get("/api/v1/audit").json()["items"]]
    assert recorded.count("account.sign_in_failed") == 1
    assert again.exchange(code, second_factor=pyotp.TOTP(secret).now()).status_code == 200


def test_nothing_of_the_provider_but_the_identity_stays(studio: Studio, server: ServerThread) -> None:
    studio.sign_in()
    with server.state.database.read() as session:
        assert session.scalar(select(func.count()).select_from(OAuthGrant)) == 0
        assert session.scalar(select(func.count()).select_from(OAuthAttempt)) == 0
        assert session.scalars(select(Identity.subject)).all() == ["1001"]


def test_a_password_account_signs_in_as_before(sign_up: People) -> None:
    assert sign_up("ben@example.org").password == PASSWORD
