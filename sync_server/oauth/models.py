"""Which account at a provider is whose; and the two short steps of a sign-in with one."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sync_server.database.base import Base, Id, MadeAt, Time
from sync_server.secrets.vault import Sealed


class Identity(Base):
    """An account at a provider by which a person signs in. No token of the provider is kept."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("provider", "subject"), UniqueConstraint("user_id", "provider"))

    id: Mapped[Id]
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    provider: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(255))
    """The provider's own name for the account, which never changes; the address may."""
    email: Mapped[str] = mapped_column(String(320))
    created_at: Mapped[MadeAt]


class OAuthAttempt(Base):
    """From opening the browser until the provider sends it back; used once."""

    __tablename__ = "oauth_attempts"

    id: Mapped[Id]
    state_token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    provider: Mapped[str] = mapped_column(String(20))
    redirect_uri: Mapped[str] = mapped_column(String(300))
    """The studio's, on the loopback of the person's machine."""
    studio_state: Mapped[str] = mapped_column(String(200))
    studio_challenge: Mapped[str] = mapped_column(String(64))
    verifier: Mapped[str] = mapped_column(Sealed)
    """Ours, for the provider's token endpoint."""
    nonce_secret: Mapped[str] = mapped_column(String(64))
    linking_user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    """Who links this provider to their account; None for a sign-in."""
    expires_at: Mapped[Time] = mapped_column(index=True)


class OAuthGrant(Base):
    """What the provider said, until the studio that began exchanges its one-time code for it."""

    __tablename__ = "oauth_grants"

    id: Mapped[Id]
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    studio_challenge: Mapped[str] = mapped_column(String(64))
    linking_user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    provider: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(255))
    email: Mapped[str] = mapped_column(String(320))
    email_verified: Mapped[bool]
    name: Mapped[str] = mapped_column(String(200))
    expires_at: Mapped[Time] = mapped_column(index=True)
