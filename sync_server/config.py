"""What the server is told: by environment (`MASCOTFORGE_SERVER_…`), by options of the command, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "MASCOTFORGE_SERVER_"


class ServerConfig(BaseSettings):
    """With nothing set: SQLite, files in a folder, mails on the console, one process.

    Lengths of time are in seconds, sizes in bytes.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    data: Path = Path("mascotforge-server-data")
    """The folder of the database, the blobs and the server's keys."""
    host: str = "127.0.0.1"
    port: int = Field(default=8765, ge=0, le=65535)
    public_url: str = ""
    """What links in mails and on pages begin with; `http://host:port` when empty."""
    database: str = ""
    """A SQLAlchemy URL (`postgresql+psycopg://…`); SQLite in the data folder when empty."""
    blobs: str = ""
    """`s3://bucket/prefix` or a folder; `blobs` in the data folder when empty."""
    s3_endpoint: str = ""
    s3_region: str = "us-east-1"
    s3_access_key: str = ""
    s3_secret_key: SecretStr = SecretStr("")
    mail: str = ""
    """`smtp://user:password@host:port` or `smtps://…`; printed to the console when empty."""
    mail_from: str = "MascotForge <noreply@localhost>"
    limits: str = ""
    """Storage of the rate limits (`redis://…`, see the package `limits`); this process's memory when empty."""
    keys: str = ""
    """The file of the server's keys; `keys.json` in the data folder when empty. Several processes share one."""
    clamd: str = ""
    """`host:port` or the path of a socket; uploads are not scanned for malware when empty, and said to be unscanned."""
    google_client_id: str = ""
    google_client_secret: SecretStr = SecretStr("")
    github_client_id: str = ""
    github_client_secret: SecretStr = SecretStr("")
    oauth_base_urls: dict[str, str] = {}
    """Other addresses of the providers, for an enterprise's own GitHub and for tests."""
    cors_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    """Addresses whose `X-Forwarded-For` is believed."""
    sign_up: bool = True
    access_token_s: int = Field(default=15 * 60, gt=0)
    refresh_token_s: int = Field(default=7 * 24 * 3600, gt=0)
    refresh_grace_s: int = Field(default=20, ge=0)
    """A refresh token used twice within this time is a lost reply or a second program, not a thief."""
    digest_soon_s: float = 600
    """Notifications wait this long for others, to go into one mail."""
    digest_daily_s: float = 24 * 3600
    digest_check_s: float = 60
    """How often this process looks whether mail about notifications is due."""
    quota_bytes: int = 10 * 2**30
    """Storage of a workspace."""
    max_blob_bytes: int = 5 * 2**30
    max_update_bytes: int = 4 * 2**20
    """One push of a document."""
    max_document_bytes: int = 64 * 2**20
    rate_limits: bool = True
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("mail")
    @classmethod
    def _mail_server(cls, value: str) -> str:
        if value and not value.startswith(("smtp://", "smtps://")):
            raise ValueError("it must be written smtp://user:password@host:port or smtps://…")
        return value

    @field_validator("database")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:", "postgresql:", "postgresql+psycopg:")):
            raise ValueError("it must be written postgresql+psycopg://user:password@host/name or sqlite:///file")
        return value

    @field_validator("limits")
    @classmethod
    def _known_limits(cls, value: str) -> str:
        if value and not value.startswith(("redis", "memory:", "memcached:", "mongodb", "valkey")):
            raise ValueError("it must be written redis://host:port")
        return value

    @property
    def url(self) -> str:
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def keys_path(self) -> Path:
        return Path(self.keys) if self.keys else self.data / "keys.json"

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{(self.data / 'server.db').absolute()}"
