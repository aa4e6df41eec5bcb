"""The whole API under generated requests, on a real server: no 500, and no answer that the contract doesn't know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.result import Ok

from sync_server.contract import contract
from tests.sync_server.access.table import TABLE, Within
from tests.sync_server.access.world import World
from tests.sync_server.postgres import Postgres
from tests.sync_server.running import Mailbox, SignedIn, sign_in
from tests.sync_server.teams import Crowd, crowd_at

load_all_checks()
PROMISES = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)
TAKES_THE_TEAM_APART = {
    "delete_workspace",
    "leave_workspace",
    "transfer_ownership",
    "remove_member",
    "restore_workspace",
}
BRIEF, MEDIUM, LONG = 6, 40, 120
SCHEMA = schemathesis.openapi.from_dict(contract())
OPERATIONS = {
    operation.ok().definition.raw["operationId"]: operation.ok()
    for operation in SCHEMA.get_all_operations()
    if isinstance(operation, Ok)
}


@pytest.fixture(scope="module")
def world(crowd: Crowd) -> World:
    return World(crowd)


@pytest.fixture(scope="module")
def world_on_postgres(
    tmp_path_factory: pytest.TempPathFactory, _mail_server: Mailbox, postgres: Postgres
) -> Iterator[World]:
    with crowd_at(tmp_path_factory.mktemp("crowd"), _mail_server, database=postgres.new_database()) as people:
        yield World(people)


def caller(name: str, crowd: Crowd) -> SignedIn:
    """On a new device, as a generated request may sign it out: the team's owner, or for one's own account a stranger,
    who may lose it."""
    role = "OWNER" if isinstance(TABLE[name], Within) else "STRANGER"
    return sign_in(crowd.server, crowd.people[role].email)


def known_ids(world: World) -> dict[str, Callable[[], str]]:
    """Ids that exist, for the names that paths and queries give them."""
    return {
        "workspace_id": lambda: world.workspace_id,
        "project_id": world.project,
        "asset_id": world.asset,
        "publication_id": world.publication,
        "preset_id": world.preset,
        "invitation_id": world.invitation,
        "upload_id": world.sent,
        "user_id": world.viewer_id,
        "blob": lambda: world.blob,
    }


def hammer(name: str, world: World, examples: int) -> None:
    """Send generated requests to one route, about half of them to things that exist."""
    operation, person = OPERATIONS[name], caller(name, world.crowd)
    ids = {} if name in TAKES_THE_TEAM_APART else known_ids(world)
    wanted = {parameter["name"] for parameter in operation.definition.raw.get("parameters", [])} & set(ids)
    real: dict[str, str] = {key: ids[key]() for key in wanted}
    headers = {"Authorization": f"Bearer {person.token}"}

    @given(case=operation.as_strategy(), existing=st.booleans())
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    def one(case: Case, existing: bool) -> None:
        if existing:
            fill(case.path_parameters, real)
            fill(case.query, real)
            fill(case.body, real)
        case.call_and_validate(base_url=world.crowd.server.url, headers=headers, checks=PROMISES, timeout=30)

    one()


def fill(values: Any, real: dict[str, str]) -> None:
    """Put ids that exist in the place of generated ones."""
    if isinstance(values, dict):
        for key in values.keys() & real.keys():
            values[key] = real[key]


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_few_generated_requests_get_documented_answers(name: str, world: World) -> None:
    hammer(name, world, BRIEF)


@pytest.mark.slow
@pytest.mark.parametrize("name", OPERATIONS)
def test_many_generated_requests_get_documented_answers(name: str, world: World) -> None:
    hammer(name, world, LONG)


@pytest.mark.slow
@pytest.mark.parametrize("name", OPERATIONS)
def test_postgresql_takes_the_same_requests(name: str, world_on_postgres: World) -> None:
    hammer(name, world_on_postgres, MEDIUM)
