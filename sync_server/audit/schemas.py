"""An audit event as it is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel


class AuditItem(BaseModel):
    id: str
    action: str
    user_id: str | None
    user_name: str
    """Empty when the account is gone, or when nobody was signed in."""
    device_id: str | None
    api_key_id: str | None
    target: str
    details: dict[str, Any]
    address: str
    created_at: datetime


class AuditPage(BaseModel):
    items: list[AuditItem]
    next: str | None
