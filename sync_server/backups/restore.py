"""Going back to a backup. Every project begins a new epoch: replicas then push again what the server has forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile

from pydantic import ValidationError
from sqlalchemy import delete, update

from sync_server.backups.backup import FILES, FORMAT, KEYS, MANIFEST, back_up
from sync_server.backups.copies import copy_back, name_of_copy
from sync_server.backups.running import in_use
from sync_server.blobs.models import Blob
from sync_server.config import ServerConfig
from sync_server.database.base import now
from sync_server.database.database import Database
from sync_server.database.schema import prepare
from sync_server.http.models import IdempotentAnswer
from sync_server.mail.models import OutgoingMail
from sync_server.projects.epochs import begin_new_epochs
from sync_server.secrets.keys import ServerKeys
from sync_server.storage.names import blob_of_key
from sync_server.storage.services import open_storage
from sync_server.trouble import CommandFailed

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Restored:
    projects: int
    missing: list[str]
    """Keys of files that the backup lists and the storage lacks, or has at another size."""
    kept: Path | None
    """A backup of what was there before."""


def restore(config: ServerConfig, source: Path) -> Restored:
    """Replace the database by a backup's. Raises CommandFailed; then nothing was changed."""
    try:
        with in_use(config.data, alone=True), ZipFile(source) as archive, TemporaryDirectory() as folder:
            name = _checked(config, archive)
            keys = ServerKeys.model_validate_json(archive.read(KEYS))
            copy = Path(archive.extract(name, folder))
            kept = _kept(config)
            copy_back(config.database_url, copy)
            _merge_keys(config, keys)
            missing = list(_missing(config, archive))
            return Restored(_begin_anew(config, missing), missing, kept)
    except FileNotFoundError as error:
        raise CommandFailed(f"There is no file {source}; name the one that `backup` wrote.") from error
    except (OSError, BadZipFile, KeyError, ValidationError) as error:
        raise CommandFailed(f"{source} is no backup of this server that can be read: {error}.") from error


def _checked(config: ServerConfig, archive: ZipFile) -> str:
    manifest = json.loads(archive.read(MANIFEST))
    if manifest["format"] != FORMAT:
        raise CommandFailed("This backup was made by a newer server; install that one.")
    name = name_of_copy(config.database_url)
    if manifest["database"] != name:
        raise CommandFailed("This backup is of another kind of database; name the right one with --database.")
    return name


def _kept(config: ServerConfig) -> Path | None:
    if not config.keys_path.is_file():
        return None
    target = config.data / f"before-restore-{now():%Y%m%dT%H%M%S%f}.zip"
    back_up(config, target)
    return target


def _merge_keys(config: ServerConfig, backed_up: ServerKeys) -> None:
    """The backup's secrets are sealed by its keys; those that this server has now stay in use."""
    if not config.keys_path.is_file():
        backed_up.save(config.keys_path)
        return
    here = ServerKeys.load(config.keys_path)
    known = {key.id for key in here.sealing}
    here.sealing.extend(key for key in backed_up.sealing if key.id not in known)
    here.save(config.keys_path)


def _begin_anew(config: ServerConfig, missing: Sequence[str]) -> int:
    database = Database(config.database_url)
    try:
        prepare(database)
        with database.write() as session:
            # What waited when the backup was made was sent or answered long ago.
            session.execute(delete(OutgoingMail))
            session.execute(delete(IdempotentAnswer))
            for workspace_id, blob in filter(None, map(blob_of_key, missing)):
                # The running server looks at these first: what is still not there is asked for again.
                mine = (Blob.workspace_id == workspace_id, Blob.hash == blob)
                session.execute(update(Blob).where(*mine).values(verified_at=LONG_AGO))
            return begin_new_epochs(session)
    finally:
        database.close()


def _missing(config: ServerConfig, archive: ZipFile) -> Iterator[str]:
    storage = open_storage(config)
    with archive.open(FILES) as lines:
        for line in lines:
            listed = json.loads(line)
            if storage.size(listed["key"]) != listed["size"]:
                yield listed["key"]
