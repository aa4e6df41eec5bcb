"""GitHub, which speaks OAuth but not OpenID Connect: the person and the addresses are asked from its API."""

from __future__ import annotations

from typing import cast

import httpx2
from authlib.integrations.base_client.errors import OAuthError
from pydantic import BaseModel, TypeAdapter

from sync_server.oauth.provider import Claims, Credentials, ProviderFailed, read_json, require_safe, session_with

HOME = "https://github.com"
HOME_API = "https://api.github.com"
SCOPE = "read:user user:email"


class _User(BaseModel):
    id: int
    login: str
    name: str | None = None


class _Email(BaseModel):
    email: str
    primary: bool
    verified: bool


_EMAILS: TypeAdapter[list[_Email]] = TypeAdapter(list[_Email])


class GitHubProvider:
    """`base` is GitHub itself or an enterprise's own."""

    def __init__(self, id_: str, title: str, base: str, credentials: Credentials) -> None:
        self.id, self.title = id_, title
        self._base = base.rstrip("/")
        self._api = HOME_API if self._base == HOME else f"{self._base}/api/v3"
        self._credentials = credentials

    def address(self, *, state: str, nonce: str, verifier: str, callback: str) -> str:
        with session_with(self._credentials, scope=SCOPE, callback=callback) as session:
            url, _ = session.create_authorization_url(
                require_safe(f"{self._base}/login/oauth/authorize"), state=state, code_verifier=verifier
            )
        return url

    def claims(self, *, code: str, nonce: str, verifier: str, callback: str) -> Claims:
        try:
            with session_with(self._credentials, scope=SCOPE, callback=callback) as session:
                session.fetch_token(
                    require_safe(f"{self._base}/login/oauth/access_token"),
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    headers={"Accept": "application/json"},
                )
                api = cast("httpx2.Client", session)  # authlib's own types hide what it inherits
                user = _User.model_validate_json(read_json(api, f"{self._api}/user"))
                emails = _EMAILS.validate_json(read_json(api, f"{self._api}/user/emails"))
        except (httpx2.HTTPError, OAuthError, ValueError) as error:
            raise ProviderFailed(f"{self.title} didn't confirm the sign-in; try again.") from error
        # Only the primary address counts: GitHub lets people add addresses of all kinds.
        primary = next((one for one in emails if one.primary), None)
        return Claims(
            str(user.id),
            primary.email if primary else "",
            primary.verified if primary else False,
            user.name or user.login,
        )
