"""For a folder whose tests should hold on both databases: import `database` in its conftest.

On SQLite they run always, on a real PostgreSQL with the slow tests.
"""

from __future__ import annotations

import pytest

from sync_server.config import PREFIX


@pytest.fixture(autouse=True, params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The servers of this test use this database; all of them the same one."""
    if request.param == "postgres":
        monkeypatch.setenv(f"{PREFIX}DATABASE", request.getfixturevalue("postgres").new_database())
