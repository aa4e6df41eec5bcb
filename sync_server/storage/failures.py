"""Storage that can't be reached or has no room is a sentence for the user, not a failure of the server."""

from __future__ import annotations

import errno
import logging
from collections.abc import Generator
from contextlib import contextmanager

from obstore.exceptions import BaseError as ObstoreError

from engine.protocol.errors import MascotError
from sync_server.problems import Unavailable

LOG = logging.getLogger("mascotforge.server.storage")
RETRY_AFTER_S = 30.0


class StorageUnavailable(Unavailable):
    """The folder or the S3 service doesn't do what it should."""


@contextmanager
def told(*more: type[Exception]) -> Generator[None]:
    """Turn failures of the storage into StorageUnavailable, `more` of its own among them; FileNotFoundError passes."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        LOG.error("the storage failed: %s", error)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageUnavailable(
                "The server's disk is full; nothing was stored. Try again when its administrator has made room."
            ) from error
        raise _unreachable() from error
    except (ObstoreError, MascotError, *more) as error:
        LOG.error("the storage failed: %s", error)
        raise _unreachable() from error


def _unreachable() -> StorageUnavailable:
    return StorageUnavailable(
        "The server can't reach its storage at the moment; try again in a little while.", retry_after_s=RETRY_AFTER_S
    )
