"""Signing in with a code of an authenticator app, or a recovery code when the phone is lost."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest
from sqlalchemy import select, update

from sync_server.second_factor import codes
from sync_server.second_factor.models import RecoveryCode, SecondFactor
from tests.sync_server.running import PASSWORD, ServerThread, SignedIn

People = Callable[..., SignedIn]
FACTOR = "/auth/second-factor"


@pytest.fixture
def ada(sign_up: People) -> SignedIn:
    return sign_up("ada@example.org")


def forget_last_step(server: ServerThread) -> None:
    """As if half a minute had passed since the last code."""
    with server.state.database.write() as session:
        session.execute(update(SecondFactor).values(last_step=0))


def switch_on(server: ServerThread, person: SignedIn) -> tuple[pyotp.TOTP, list[str]]:
    enrolled = person.post(f"{FACTOR}/enrol", json={"password": PASSWORD})
    assert enrolled.status_code == 200, enrolled.text
    totp = pyotp.TOTP(enrolled.json()["secret"])
    confirmed = person.post(f"{FACTOR}/confirm", json={"code": totp.now()})
    assert confirmed.status_code == 200, confirmed.text
    forget_last_step(server)
    return totp, confirmed.json()["codes"]


def login(server: ServerThread, code: str | None = None) -> httpx.Response:
    body: dict[str, Any] = {"email": "ada@example.org", "password": PASSWORD}
    return server.client().post("/api/v1/auth/login", json=body if code is None else {**body, "code": code})


def test_enrolling_asks_for_nothing_before_it_is_confirmed(server: ServerThread, ada: SignedIn) -> None:
    enrolled = ada.post(f"{FACTOR}/enrol", json={"password": PASSWORD}).json()
    address = urlsplit(enrolled["uri"])
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert parse_qs(address.query) == {"secret": [enrolled["secret"]], "issuer": ["MascotForge"]}
    assert ada.get(FACTOR).json() == {"enabled": False, "confirmed_at": None, "recovery_codes_left": 0}
    assert ada.post(f"{FACTOR}/confirm", json={"code": "000000"}).status_code == 422
    assert login(server).status_code == 200


def test_enrolling_and_disabling_need_the_password(server: ServerThread, ada: SignedIn) -> None:
    assert ada.post(f"{FACTOR}/enrol", json={}).status_code == 403
    assert ada.post(f"{FACTOR}/enrol", json={"password": "wrong wrong wrong"}).status_code == 403
    totp, _ = switch_on(server, ada)
    assert ada.post(f"{FACTOR}/disable", json={"password": "wrong wrong", "code": totp.now()}).status_code == 403
    assert ada.get(FACTOR).json()["enabled"] is True


def test_once_on_signing_in_needs_a_code(server: ServerThread, ada: SignedIn) -> None:
    totp, _ = switch_on(server, ada)
    without = login(server)
    assert (without.status_code, without.json()["code"]) == (401, "second_factor_needed")
    wrong = login(server, "000000")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "unauthenticated")
    assert login(server, f"{totp.now()[:3]} {totp.now()[3:]}").status_code == 200
    told = ada.get(FACTOR).json()
    assert told["enabled"] is True and told["recovery_codes_left"] == 10


def test_a_wrong_password_never_says_that_a_code_would_be_needed(server: ServerThread, ada: SignedIn) -> None:
    switch_on(server, ada)
    body = {"email": "ada@example.org", "password": "wrong wrong wrong"}
    assert server.client().post("/api/v1/auth/login", json=body).json()["code"] == "unauthenticated"


def test_a_code_is_good_once(server: ServerThread, ada: SignedIn) -> None:
    totp, _ = switch_on(server, ada)
    code = totp.now()
    assert login(server, code).status_code == 200
    assert login(server, code).status_code == 401


def test_the_same_code_sent_at_once_signs_in_once(server: ServerThread, ada: SignedIn) -> None:
    totp, _ = switch_on(server, ada)
    code = totp.now()
    with ThreadPoolExecutor(4) as pool:
        answers = sorted(answer.status_code for answer in pool.map(lambda _: login(server, code), range(4)))
    assert answers == [200, 401, 401, 401]


def test_a_recovery_code_is_good_once_however_it_is_typed(server: ServerThread, ada: SignedIn) -> None:
    _, recovery = switch_on(server, ada)
    assert len(set(recovery)) == 10 and all(re.fullmatch(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}", one) for one in recovery)
    assert login(server, recovery[0].replace("-", " ").lower()).status_code == 200
    assert login(server, recovery[0]).status_code == 401
    assert ada.get(FACTOR).json()["recovery_codes_left"] == 9


def test_new_recovery_codes_end_the_old(server: ServerThread, ada: SignedIn) -> None:
    totp, old = switch_on(server, ada)
    body = {"password": PASSWORD, "code": totp.now()}
    new = ada.post(f"{FACTOR}/recovery-codes", json=body).json()["codes"]
    assert login(server, old[0]).status_code == 401
    assert login(server, new[0]).status_code == 200


def test_switched_off_signing_in_needs_no_code(server: ServerThread, ada: SignedIn) -> None:
    totp, recovery = switch_on(server, ada)
    assert ada.post(f"{FACTOR}/disable", json={"password": PASSWORD, "code": "000000"}).status_code == 403
    assert ada.post(f"{FACTOR}/disable", json={"password": PASSWORD, "code": totp.now()}).status_code == 204
    assert login(server).status_code == 200
    assert ada.get(FACTOR).json() == {"enabled": False, "confirmed_at": None, "recovery_codes_left": 0}
    assert ada.post(f"{FACTOR}/recovery-codes", json={"password": PASSWORD, "code": recovery[0]}).status_code == 409
    assert server.mailbox.wait("ada@example.org", "second factor off")


def test_one_that_is_on_is_not_replaced(server: ServerThread, ada: SignedIn) -> None:
    switch_on(server, ada)
    assert ada.post(f"{FACTOR}/enrol", json={"password": PASSWORD}).status_code == 409
    assert ada.post(f"{FACTOR}/confirm", json={"code": "123456"}).status_code == 409


def test_guessing_is_slowed_down(make_server: Callable[..., ServerThread], sign_up: People) -> None:
    server = make_server(rate_limits=True)
    ada = sign_up("ada@example.org", server=server)
    enrolled = ada.post(f"{FACTOR}/enrol", json={"password": PASSWORD}).json()
    answers = [ada.post(f"{FACTOR}/confirm", json={"code": "000000"}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    right = ada.post(f"{FACTOR}/confirm", json={"code": pyotp.TOTP(enrolled["secret"]).now()})
    assert right.status_code == 429


def test_the_seed_is_sealed_and_codes_are_hashed_at_rest(server: ServerThread, ada: SignedIn) -> None:
    totp, recovery = switch_on(server, ada)
    with server.state.database.read() as session:
        seeds, hashes = session.scalars(select(SecondFactor.seed)), session.scalars(select(RecoveryCode.code_hash))
        stored = " ".join([*seeds, *hashes])
    assert totp.secret not in stored
    assert not any(code in stored or code.replace("-", "") in stored for code in recovery)


def test_an_api_key_cannot_touch_it(server: ServerThread, ada: SignedIn) -> None:
    secret = ada.post("/auth/api-keys", json={"name": "script", "scopes": ["read", "write"]}).json()["secret"]
    key = server.client(secret)
    assert key.get(f"/api/v1{FACTOR}").status_code == 403
    assert key.post(f"/api/v1{FACTOR}/enrol", json={"password": PASSWORD}).status_code == 403


def test_a_clock_may_be_wrong_by_one_step_and_no_used_step_comes_back() -> None:
    seed = codes.new_seed()
    totp, step = pyotp.TOTP(seed), int(time.time()) // codes.STEP_S
    assert codes.step_of(seed, totp.generate_otp(step - 1), 0) == step - 1
    assert codes.step_of(seed, totp.generate_otp(step - 3), 0) is None
    assert codes.step_of(seed, totp.generate_otp(step + 3), 0) is None
    assert codes.step_of(seed, totp.generate_otp(step), step) is None
    assert codes.step_of(seed, "١٢٣٤٥٦", 0) is None
