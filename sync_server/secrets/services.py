"""The server's keys, and what uses them: signatures and the vault."""

from __future__ import annotations

from fastapi import FastAPI

from sync_server.secrets.keys import ServerKeys
from sync_server.secrets.signatures import Signer
from sync_server.secrets.vault import Vault
from sync_server.state import ServerState


def install(_app: FastAPI, state: ServerState) -> None:
    keys = ServerKeys.load(state.config.keys_path)
    state.add(Signer(keys, issuer="mascotforge"))
    state.add(Vault(keys))
