"""One server with five people for the tests of a module; each test has a workspace of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sync_server.running import Mailbox
from tests.sync_server.teams import Crowd, Team, crowd_at


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory, _mail_server: Mailbox) -> Iterator[Crowd]:
    with crowd_at(tmp_path_factory.mktemp("crowd"), _mail_server) as crowd:
        yield crowd


@pytest.fixture
def team(crowd: Crowd) -> Team:
    return crowd.team()
