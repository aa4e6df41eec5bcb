"""One server with five people for the tests of a module; each test has a workspace of its own.

A module runs on both databases when it says `pytestmark = ON_BOTH_DATABASES` (databases.py).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sync_server.postgres import Postgres
from tests.sync_server.running import Mailbox
from tests.sync_server.teams import Crowd, Team, crowd_at


@pytest.fixture(scope="module")
def crowd(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, _mail_server: Mailbox
) -> Iterator[Crowd]:
    config: dict[str, object] = {}
    if getattr(request, "param", "sqlite") == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        config["database"] = server.new_database()
    with crowd_at(tmp_path_factory.mktemp("crowd"), _mail_server, **config) as crowd:
        yield crowd


@pytest.fixture
def team(crowd: Crowd) -> Team:
    return crowd.team()
