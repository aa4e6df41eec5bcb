"""Where the room of second factors hangs its check into signing in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from sync_server.accounts.models import User

Check = Callable[[Session, User, str | None], None]
"""For a user whose password was right, with the code they gave: returns when that is enough.

Raises SecondFactorNeeded when a code is needed and none was given, Unauthenticated when it is wrong.
"""


@dataclass
class SecondSteps:
    checks: list[Check] = field(default_factory=list[Check])

    def check(self, session: Session, user: User, code: str | None) -> None:
        """Raises SecondFactorNeeded, Unauthenticated."""
        for check in self.checks:
            check(session, user, code)
