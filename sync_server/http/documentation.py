"""The application with a truthful OpenAPI document: errors are problem documents and nothing else."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from sync_server.problems import MEDIA_TYPE

_JSON = "application/json"


class DocumentedApi(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """As FastAPI makes it, without the plain JSON that it adds to every error that has a model."""
        document = super().openapi()
        for operations in document["paths"].values():
            for operation in operations.values():
                for answer in operation["responses"].values():
                    content = answer.get("content", {})
                    if MEDIA_TYPE in content:
                        content.pop(_JSON, None)
        return document
