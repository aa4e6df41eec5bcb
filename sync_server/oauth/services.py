"""The providers that this server was given credentials for."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import FastAPI

from sync_server.config import ServerConfig
from sync_server.oauth.github import HOME, GitHubProvider
from sync_server.oauth.openid import OpenIdProvider
from sync_server.oauth.provider import Credentials, Provider
from sync_server.problems import Missing
from sync_server.state import ServerState

GOOGLE_ISSUER = "https://accounts.google.com"


@dataclass(frozen=True)
class Providers:
    known: dict[str, Provider]

    def get(self, provider_id: str) -> Provider:
        """Raises Missing."""
        if provider_id not in self.known:
            raise Missing(f"This server doesn't offer signing in with “{provider_id}”.")
        return self.known[provider_id]


def configured(config: ServerConfig) -> Providers:
    """Those with credentials; at other addresses where the configuration says so."""
    known: dict[str, Provider] = {}
    if config.google_client_id:
        credentials = Credentials(config.google_client_id, config.google_client_secret.get_secret_value())
        issuer = config.oauth_base_urls.get("google", GOOGLE_ISSUER)
        known["google"] = OpenIdProvider("google", "Google", issuer, credentials)
    if config.github_client_id:
        credentials = Credentials(config.github_client_id, config.github_client_secret.get_secret_value())
        known["github"] = GitHubProvider("github", "GitHub", config.oauth_base_urls.get("github", HOME), credentials)
    return Providers(known)


def install(_app: FastAPI, state: ServerState) -> None:
    state.add(configured(state.config))
