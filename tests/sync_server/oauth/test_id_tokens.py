"""An ID token counts only when the provider signed it, for us, for this attempt, not long ago."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from sync_server.oauth import openid
from tests.sync_server.oauth.conftest import Studio
from tests.sync_server.oauth.provider import FakeProvider

Lie = Callable[[FakeProvider, dict[str, Any]], str]


def other_key(provider: FakeProvider, claims: dict[str, Any]) -> str:
    stranger = FakeProvider(key=RSAKey.generate_key(2048, {"kid": "k1"}))
    return stranger.signed(claims)


LIES: dict[str, Lie] = {
    "a key of somebody else": other_key,
    "the public key as a secret": lambda provider, claims: provider.signed_with_the_public_key(claims),
    "no signature": lambda provider, claims: provider.unsigned(claims),
    "another issuer": lambda provider, claims: provider.signed({**claims, "iss": "https://evil.example"}),
    "for another client": lambda provider, claims: provider.signed({**claims, "aud": "another-client"}),
    "for others, too": lambda provider, claims: provider.signed({**claims, "aud": [claims["aud"], "another-client"]}),
    "another attempt's": lambda provider, claims: provider.signed({**claims, "nonce": "an-older-one"}),
    "without a nonce": lambda provider, claims: provider.signed({k: v for k, v in claims.items() if k != "nonce"}),
    "expired": lambda provider, claims: provider.signed({**claims, "exp": int(time.time()) - 3600}),
    "without an end": lambda provider, claims: provider.signed({k: v for k, v in claims.items() if k != "exp"}),
    "without a subject": lambda provider, claims: provider.signed({k: v for k, v in claims.items() if k != "sub"}),
    "no token at all": lambda provider, claims: "nonsense",
    "an empty one": lambda provider, claims: "",
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_token_that_cannot_be_trusted_signs_nobody_in(studio: Studio, provider: FakeProvider, lie: Lie) -> None:
    provider.lie = lambda claims: lie(provider, claims)
    brought = studio.dance()
    assert brought["error"] == "server_error" and "code" not in brought
    assert "Google didn't confirm" in brought["error_description"]


def test_a_provider_may_change_its_keys(
    studio: Studio, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert studio.sign_in().status_code == 200
    monkeypatch.setattr(openid, "KEYS_AGAIN_S", 0.0)
    provider.key = RSAKey.generate_key(2048, {"kid": "k2"})
    assert Studio(studio.server).sign_in().status_code == 200
    assert provider.asked.count("/jwks") == 2


def test_keys_are_not_asked_for_at_each_sign_in(studio: Studio, provider: FakeProvider) -> None:
    for _ in range(3):
        assert Studio(studio.server).sign_in().status_code == 200
    assert provider.asked.count("/jwks") == 1
