"""The session that these tests work on."""

from tests.app.stage.fixtures import session

__all__ = ["session"]
