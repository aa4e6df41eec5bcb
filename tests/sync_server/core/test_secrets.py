"""Keys, signatures, and secrets at rest."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from sync_server.secrets.keys import KEPT, ServerKeys
from sync_server.secrets.signatures import BadSignature, Signer
from sync_server.secrets.vault import BadSeal, Vault


def test_keys_are_made_once_and_only_their_user_can_read_them(tmp_path: Path) -> None:
    path = tmp_path / "data" / "keys.json"
    found: list[ServerKeys] = []
    threads = [threading.Thread(target=lambda: found.append(ServerKeys.load(path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(keys == found[0] for keys in found) and len(found) == 8
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
    assert found[0].signing[0].key not in repr(found[0])


def test_a_statement_is_good_for_its_purpose_and_its_time() -> None:
    signer = Signer(ServerKeys(), "test")
    assert signer.verify("link", signer.sign("link", {"file": "a"}, 60))["file"] == "a"
    for wrong in (signer.sign("access", {}, 60), signer.sign("link", {}, -1), "", "a.b.c", "é"):
        with pytest.raises(BadSignature):
            signer.verify("link", wrong)
    with pytest.raises(BadSignature):
        Signer(ServerKeys(), "test").verify("link", signer.sign("link", {}, 60))


def test_old_signatures_count_for_a_few_rotations() -> None:
    keys = ServerKeys()
    statement = Signer(keys, "test").sign("link", {}, 60)
    for _ in range(KEPT - 1):
        keys = keys.rotated()
        assert Signer(keys, "test").verify("link", statement)
    with pytest.raises(BadSignature):
        Signer(keys.rotated(), "test").verify("link", statement)


def test_a_secret_opens_only_where_it_belongs() -> None:
    vault = Vault(ServerKeys())
    sealed = vault.seal(b"seed", "totp:ada")
    assert vault.open(sealed, "totp:ada") == b"seed"
    assert "seed" not in sealed and vault.seal(b"seed", "totp:ada") != sealed
    with pytest.raises(BadSeal):
        vault.open(sealed, "totp:bob")
    with pytest.raises(BadSeal):
        Vault(ServerKeys()).open(sealed, "totp:ada")


@pytest.mark.parametrize("part", range(4))
def test_a_changed_secret_does_not_open(part: int) -> None:
    vault = Vault(ServerKeys())
    parts = vault.seal(b"seed", "here").split(".")
    parts[part] = ("A" if parts[part][0] != "A" else "B") + parts[part][1:]
    with pytest.raises(BadSeal):
        vault.open(".".join(parts), "here")
    for wrong in ("", "v1", "v1...", "v1.x.y"):
        with pytest.raises(BadSeal):
            vault.open(wrong, "here")


def test_after_a_rotation_old_secrets_open_and_can_be_wrapped_anew() -> None:
    keys = ServerKeys()
    old = Vault(keys).seal(b"seed", "here")
    rotated = keys.rotated()
    new = Vault(rotated)
    assert new.open(old, "here") == b"seed" and not new.is_current(old)
    wrapped = new.rewrapped(old)
    assert new.is_current(wrapped) and new.open(wrapped, "here") == b"seed"
    # Only the wrapping changed: the bytes of the secret itself are as they were.
    assert wrapped.split(".")[3] == old.split(".")[3]
