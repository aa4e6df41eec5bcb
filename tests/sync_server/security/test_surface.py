"""The surface (OWASP API5, API6, API8, API9): every answer is careful, every route is known, flows can't be abused."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from sync_server.http.headers import EVERYWHERE
from tests.sync_server.access.table import TABLE, Public
from tests.sync_server.access.test_roles import Route, routes_of
from tests.sync_server.access.world import Call, send
from tests.sync_server.running import ServerThread
from tests.sync_server.teams import Crowd, newcomer

SHOWN_TO_ALL_SITES = {"get_public_file", "look_at_public_file"}


@pytest.fixture(scope="module")
def routes(crowd: Crowd) -> dict[str, Route]:
    return routes_of(crowd.server.app)


@pytest.fixture(scope="module")
def nobody(crowd: Crowd) -> httpx.Client:
    return crowd.server.client()


def test_every_answer_of_every_route_carries_the_careful_headers(
    routes: dict[str, Route], nobody: httpx.Client
) -> None:
    for name, route in routes.items():
        answer = send(nobody, route.method, route.path, Call())
        for header, _ in EVERYWHERE:
            assert header.decode() in answer.headers, f"{name} answers without {header.decode()}"
        assert "server" not in answer.headers, "nobody needs to know what serves"
        policy = answer.headers["content-security-policy"]
        assert "unsafe-inline" not in policy.partition("style-src")[0], name
        assert "unsafe-eval" not in policy, name


def test_answers_about_accounts_and_workspaces_are_never_cached(
    routes: dict[str, Route], crowd: Crowd, nobody: httpx.Client
) -> None:
    for name, rule in TABLE.items():
        route = routes[name]
        if not isinstance(rule, Public) and name != "get_blob" and name != "look_at_blob":
            answer = send(nobody, route.method, route.path, Call())
            assert "no-store" in answer.headers["cache-control"], name


def test_no_page_or_answer_trusts_other_sites_with_cookies(routes: dict[str, Route], nobody: httpx.Client) -> None:
    for name, route in routes.items():
        answer = nobody.request(
            "OPTIONS",
            route.path.replace("{", "").replace("}", ""),
            headers={"Origin": "https://evil.example", "Access-Control-Request-Method": route.method},
        )
        assert "access-control-allow-credentials" not in answer.headers, name
        if name not in SHOWN_TO_ALL_SITES:
            assert answer.headers.get("access-control-allow-origin") != "https://evil.example", name
        assert "set-cookie" not in answer.headers, name


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "PROPFIND"])
def test_a_method_that_is_not_served_is_refused(method: str, nobody: httpx.Client) -> None:
    answer = nobody.request(method, "/api/v1/workspaces")
    assert answer.status_code in {400, 405}


def test_a_method_cannot_be_overridden(crowd: Crowd) -> None:
    team = crowd.team("Override")
    headers = {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "DELETE"}
    team.viewer.post(f"{team.path}/leave?_method=DELETE", headers=headers)
    assert team.owner.get(team.path).status_code == 200


def test_nothing_for_developers_is_served(nobody: httpx.Client) -> None:
    for path in ("/docs", "/redoc", "/api/v1/docs", "/debug", "/.git/config", "/.env", "/admin"):
        assert nobody.get(path).status_code == 404


def test_invitations_cannot_flood_a_mailbox(make_server: Callable[..., ServerThread]) -> None:
    server = make_server(rate_limits=True)
    spammer = newcomer(server, "spammer")
    codes: list[int] = []
    for number in range(11):
        workspace = spammer.post("/workspaces", json={"name": f"W{number}"}).json()["id"]
        body = {"email": "victim@example.org", "role": "VIEWER"}
        codes.append(spammer.post(f"/workspaces/{workspace}/invitations", json=body).status_code)
    assert codes == [201] * 10 + [429]
    last = spammer.get("/workspaces", params={"limit": 200}).json()["items"][-1]["id"]
    assert spammer.get(f"/workspaces/{last}/invitations").json()["items"] == [], "what was not sent is not kept"
