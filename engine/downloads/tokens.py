"""Access tokens for gated models, kept in the system's keyring and sent to their own host alone."""

from __future__ import annotations

import logging

from engine.protocol.errors import BadInput

SERVICE = "MascotForge"
log = logging.getLogger(__name__)


def token_for(host: str) -> str | None:
    """The token for a host; None when there is none or the machine has no keyring."""
    import keyring
    import keyring.errors

    try:
        return keyring.get_password(SERVICE, host)
    except (keyring.errors.KeyringError, RuntimeError, OSError) as error:
        log.info("no keyring: %s", error)
        return None


def keep_token(host: str, token: str | None) -> None:
    """Keep a host's token, or forget it with None. Raises BadInput when the machine has no keyring."""
    import keyring
    import keyring.errors

    try:
        if token:
            keyring.set_password(SERVICE, host, token)
        elif keyring.get_password(SERVICE, host) is not None:
            keyring.delete_password(SERVICE, host)
    except (keyring.errors.KeyringError, RuntimeError, OSError) as error:
        raise BadInput(
            f"The token for {host} can't be kept: this machine has no keyring that can be used; set "
            "one up and try again.",
            details=str(error),
        ) from error
