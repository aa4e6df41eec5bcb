"""Tests that hold on every database that the server runs on."""

from __future__ import annotations

import pytest

ON_BOTH_DATABASES = pytest.mark.parametrize("crowd", ["sqlite", "postgres"], indirect=True)
