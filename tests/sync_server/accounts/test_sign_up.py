"""Registration tells nobody who has an account, and makes none until the address is proven."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from sync_server.accounts.hashing import PasswordHasher
from tests.sync_server.running import PASSWORD, Mailbox, ServerThread, SignedIn, sign_in, text_of

ADA = "ada@example.org"


def body(email: str = ADA, password: str = PASSWORD) -> dict[str, str]:
    return {"email": email, "password": password, "name": "Ada"}


def test_known_and_unknown_addresses_get_the_same_answer_and_a_mail_each(
    client: httpx.Client, sign_up: Callable[..., SignedIn], mailbox: Mailbox
) -> None:
    sign_up(ADA)
    known = client.post("/api/v1/auth/register", json=body(ADA))
    unknown = client.post("/api/v1/auth/register", json=body("new@example.org"))
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json()) == (202, known.json())
    assert "account at MascotForge already" in mailbox.wait(ADA, "already")["Subject"]
    assert "Confirm your address" in mailbox.wait("new@example.org")["Subject"]


def test_registering_a_known_address_changes_nothing(server: ServerThread, sign_up: Callable[..., SignedIn]) -> None:
    sign_up(ADA)
    server.client().post("/api/v1/auth/register", json=body(password="the thief's password"))
    assert sign_in(server, ADA).user_id
    login = {"email": ADA, "password": "the thief's password"}
    assert server.client().post("/api/v1/auth/login", json=login).status_code == 401


def login(client: httpx.Client, password: str = PASSWORD, email: str = ADA) -> tuple[int, str]:
    answer = client.post("/api/v1/auth/login", json={"email": email, "password": password})
    return answer.status_code, answer.json().get("code", "")


def test_an_unconfirmed_registration_is_no_account_and_its_password_alone_tells_so(client: httpx.Client) -> None:
    client.post("/api/v1/auth/register", json=body())
    assert login(client) == (401, "address_unconfirmed")
    assert login(client, "a wrong password") == login(client, email="no@example.org") == (401, "unauthenticated")


def test_whoever_was_told_to_confirm_has_the_mail_sent_again_and_signs_in(
    client: httpx.Client, mailbox: Mailbox
) -> None:
    client.post("/api/v1/auth/register", json=body())
    assert login(client) == (401, "address_unconfirmed")
    client.post("/api/v1/auth/resend-verification", json={"email": ADA})
    client.post("/api/v1/auth/verify-email", json={"token": mailbox.code(ADA, count=2)})
    assert login(client)[0] == 200


def test_registering_and_then_signing_in_tells_nobody_who_has_an_account(
    server: ServerThread, sign_up: Callable[..., SignedIn], mailbox: Mailbox
) -> None:
    sign_up(ADA)
    client, thiefs = server.client(), "the thief's password"
    hasher = server.state.get(PasswordHasher)
    costs: list[int] = []
    for email in (ADA, "new@example.org"):
        client.post("/api/v1/auth/register", json=body(email, thiefs))
        before = hasher.computed
        assert login(client, thiefs, email) == (401, "address_unconfirmed")
        assert login(client, "a wrong password", email) == (401, "unauthenticated")
        costs.append(hasher.computed - before)
    assert costs[0] == costs[1]
    assert login(client)[0] == 200, "the owner's password counts as ever"
    seen = len(mailbox.to(ADA))
    client.post("/api/v1/auth/resend-verification", json={"email": ADA})
    again = mailbox.wait(ADA, "account at MascotForge already", count=2)
    assert len(mailbox.to(ADA)) == seen + 1 and "token=" not in text_of(again)


def test_the_confirmed_mail_decides_which_password_counts(client: httpx.Client, mailbox: Mailbox) -> None:
    """Somebody registers another's address; the owner registers, too, and confirms their own mail."""
    client.post("/api/v1/auth/register", json=body(password="prepared by a thief"))
    stale = mailbox.code(ADA)
    client.post("/api/v1/auth/register", json=body())
    code = mailbox.code(ADA, count=2)
    assert client.post("/api/v1/auth/verify-email", json={"token": stale}).status_code == 410
    assert client.post("/api/v1/auth/verify-email", json={"token": code}).status_code == 200
    assert client.post("/api/v1/auth/login", json={"email": ADA, "password": PASSWORD}).status_code == 200


def test_a_confirmation_is_good_once(client: httpx.Client, mailbox: Mailbox) -> None:
    client.post("/api/v1/auth/register", json=body())
    code = mailbox.code(ADA)
    assert client.post("/api/v1/auth/verify-email", json={"token": code}).json() == {"email": ADA}
    again = client.post("/api/v1/auth/verify-email", json={"token": code})
    assert (again.status_code, again.json()["code"]) == (410, "expired")
    assert "used before" in again.json()["detail"]


def test_the_mail_can_be_sent_again_and_then_only_the_new_link_counts(client: httpx.Client, mailbox: Mailbox) -> None:
    client.post("/api/v1/auth/register", json=body())
    old = mailbox.code(ADA)
    assert client.post("/api/v1/auth/resend-verification", json={"email": ADA}).status_code == 202
    assert client.post("/api/v1/auth/resend-verification", json={"email": "no@example.org"}).status_code == 202
    new = mailbox.code(ADA, count=2)
    assert client.post("/api/v1/auth/verify-email", json={"token": old}).status_code == 410
    assert client.post("/api/v1/auth/verify-email", json={"token": new}).status_code == 200
    assert mailbox.to("no@example.org") == []


def test_the_page_of_the_link_confirms_by_a_click_not_by_being_opened(client: httpx.Client, mailbox: Mailbox) -> None:
    client.post("/api/v1/auth/register", json=body())
    code = mailbox.code(ADA)
    opened = client.get("/verify-email", params={"token": code})
    assert "Confirm my address" in opened.text
    assert "default-src 'none'" in opened.headers["Content-Security-Policy"]
    assert client.post("/api/v1/auth/login", json={"email": ADA, "password": PASSWORD}).status_code == 401
    assert "is confirmed" in client.post("/verify-email", data={"token": code}).text
    assert client.post("/api/v1/auth/login", json={"email": ADA, "password": PASSWORD}).status_code == 200
    assert client.post("/verify-email", data={"token": code}).status_code == 410


def test_the_page_shows_a_token_as_text_never_as_markup(client: httpx.Client) -> None:
    page = client.get("/verify-email", params={"token": '"><script>alert(1)</script>'})
    assert "<script>" not in page.text


def test_a_server_may_make_no_accounts_by_itself(make_server: Callable[..., ServerThread]) -> None:
    answer = make_server(sign_up=False).client().post("/api/v1/auth/register", json=body())
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_what_cannot_be_an_account_is_refused_with_the_field(client: httpx.Client) -> None:
    for wrong, field in (
        (body(email="not an address"), "body.email"),
        (body(password="short"), "body.password"),
        ({**body(), "name": "a\nb"}, "body.name"),
        ({**body(), "is_admin": True}, "body.is_admin"),
    ):
        answer = client.post("/api/v1/auth/register", json=wrong)
        assert answer.status_code == 422
        assert [one["where"] for one in answer.json()["fields"]] == [field]


def test_a_name_with_line_breaks_never_reaches_a_mail_and_the_mail_has_both_bodies(
    client: httpx.Client, mailbox: Mailbox
) -> None:
    client.post("/api/v1/auth/register", json={**body(), "name": "<b>Ada</b>"})
    mail = mailbox.wait(ADA)
    html = mail.get_body(("html",))
    assert html is not None and "&lt;b&gt;Ada" in html.get_content()
    assert "<b>Ada</b>" in text_of(mail)
