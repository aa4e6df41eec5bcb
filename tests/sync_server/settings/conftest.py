"""These hold on both databases."""

from __future__ import annotations

from tests.sync_server.on_both import database as database
