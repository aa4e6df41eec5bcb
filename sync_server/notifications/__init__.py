"""Notifications: `notify` tells people something; they read it in the app, or in a mail that gathers several."""

from sync_server.notifications.kinds import Kind
from sync_server.notifications.telling import notify

__all__ = ["Kind", "notify"]
