"""Role × action, for every route: the table is the promise, a real server keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from sync_server.access.roles import ALLOWED, SCOPE_OF, Action, Role, Scope
from sync_server.app import create_app
from sync_server.config import ServerConfig
from tests.sync_server.access.table import TABLE, Account, Public, Within
from tests.sync_server.access.world import Call, World, send
from tests.sync_server.teams import Crowd

KEY_SCOPES = (Scope.READ, Scope.WRITE, Scope.PUBLISH)
WITHIN = sorted(name for name, rule in TABLE.items() if isinstance(rule, Within))
ACCOUNT = sorted(name for name, rule in TABLE.items() if isinstance(rule, Account))


@dataclass(frozen=True)
class Route:
    method: str
    path: str


def routes_of(app: FastAPI) -> dict[str, Route]:
    """Every route that is served over HTTP, in the documentation or not, by its name."""
    return {
        getattr(route, "operation_id", None) or route.name: Route(sorted(route.methods)[0], route.path)
        for route in iter_route_contexts(app.routes)
        if getattr(route, "methods", None)
    }


@pytest.fixture(scope="module")
def world(crowd: Crowd) -> World:
    return World(crowd)


@pytest.fixture(scope="module")
def routes(crowd: Crowd) -> dict[str, Route]:
    return routes_of(crowd.server.app)


@pytest.fixture(scope="module")
def keys(crowd: Crowd) -> dict[Scope, httpx.Client]:
    """An API key of the owner per scope."""
    return {scope: key_of(crowd, "OWNER", [scope]) for scope in KEY_SCOPES}


@pytest.fixture(scope="module")
def full_keys(crowd: Crowd) -> dict[Role, httpx.Client]:
    """An API key with all scopes for a person of each role."""
    return {role: key_of(crowd, role, KEY_SCOPES) for role in Role}


@pytest.fixture(scope="module")
def nobody(crowd: Crowd) -> Iterator[httpx.Client]:
    with crowd.server.client() as client:
        yield client


def key_of(crowd: Crowd, person: str, scopes: tuple[Scope, ...] | list[Scope]) -> httpx.Client:
    made = crowd.people[person].post("/auth/api-keys", json={"name": "table", "scopes": [str(one) for one in scopes]})
    assert made.status_code == 201, made.text
    return crowd.server.client(made.json()["secret"])


def expected(rule: Within, role: Role) -> range:
    """The answers that fit: the exact refusal, or any success."""
    if role in rule.instead:
        return range(rule.instead[role], rule.instead[role] + 1)
    if rule.action not in ALLOWED[role]:
        return range(403, 404)
    return range(200, 300)


def test_every_route_is_in_the_table_and_the_table_knows_no_other(tmp_path_factory: pytest.TempPathFactory) -> None:
    app = create_app(ServerConfig(data=tmp_path_factory.mktemp("table")))
    served = set(routes_of(app))
    app.state.server.database.close()
    assert served - set(TABLE) == set(), "say in tests/sync_server/access/table.py who may call these"
    assert set(TABLE) - served == set(), "these are in the table, but not served"


def test_every_action_has_a_scope_and_nobody_but_owners_may_do_all() -> None:
    assert set(SCOPE_OF) == set(Action)
    assert ALLOWED[Role.OWNER] == set(Action)
    assert ALLOWED[Role.VIEWER] < ALLOWED[Role.MEMBER] < ALLOWED[Role.ADMIN] < ALLOWED[Role.OWNER]
    assert Scope.ACCOUNT not in KEY_SCOPES


@pytest.mark.parametrize("name", WITHIN)
def test_the_role_decides(name: str, world: World, routes: dict[str, Route], nobody: httpx.Client) -> None:
    rule, route = TABLE[name], routes[name]
    assert isinstance(rule, Within)
    assert send(nobody, route.method, route.path, rule.build(world)).status_code == 401, "signed out"
    stranger = world.crowd.people["STRANGER"].client
    answer = send(stranger, route.method, route.path, rule.build(world))
    assert answer.status_code == 404, f"a stranger learns something: {answer.text}"
    for role in (Role.VIEWER, Role.MEMBER, Role.ADMIN, Role.OWNER):
        answer = send(world.crowd.people[role].client, route.method, route.path, rule.build(world))
        assert answer.status_code in expected(rule, role), f"{role}: {answer.status_code} {answer.text}"


@pytest.mark.parametrize("name", WITHIN)
def test_a_key_can_do_what_its_scopes_name_and_never_more_than_its_person(
    name: str,
    world: World,
    routes: dict[str, Route],
    keys: dict[Scope, httpx.Client],
    full_keys: dict[Role, httpx.Client],
) -> None:
    rule, route = TABLE[name], routes[name]
    assert isinstance(rule, Within)
    for scope, client in keys.items():
        fits = rule.keys and SCOPE_OF[rule.action] is scope
        answer = send(client, route.method, route.path, rule.build(world))
        wanted = expected(rule, Role.OWNER) if fits else range(403, 404)
        assert answer.status_code in wanted, f"a key for {scope}: {answer.status_code} {answer.text}"
    for role, client in full_keys.items():
        possible = rule.keys and SCOPE_OF[rule.action] in KEY_SCOPES
        answer = send(client, route.method, route.path, rule.build(world))
        wanted = expected(rule, role) if possible else range(403, 404)
        assert answer.status_code in wanted, f"a key of {role}: {answer.status_code} {answer.text}"


@pytest.mark.parametrize("name", ACCOUNT)
def test_an_account_s_routes_need_its_person_or_a_key_with_the_scope(
    name: str,
    routes: dict[str, Route],
    nobody: httpx.Client,
    keys: dict[Scope, httpx.Client],
) -> None:
    rule, route = TABLE[name], routes[name]
    assert isinstance(rule, Account)
    call = Call(("none", "none"), {} if route.method in {"POST", "PATCH", "PUT"} else None)
    assert send(nobody, route.method, route.path, call).status_code == 401
    for scope, client in keys.items():
        answer = send(client, route.method, route.path, call)
        if rule.any_key or rule.scope is scope:
            assert answer.status_code not in {401, 403}, f"a key for {scope}: {answer.text}"
        else:
            assert answer.status_code == 403, f"a key for {scope}: {answer.status_code} {answer.text}"


def test_what_is_public_says_why() -> None:
    assert all(rule.why for rule in TABLE.values() if isinstance(rule, Public))
