"""The application with a truthful OpenAPI document: errors are problem documents and nothing else."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from sync_server.problems import SCHEMAS, ProblemBody


class DocumentedApi(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """As FastAPI makes it, with the problem that the errors of all routes refer to."""
        if self.openapi_schema is None:
            document = super().openapi()
            _, made = models_json_schema([(ProblemBody, "serialization")], ref_template=SCHEMAS + "{model}")
            document["components"]["schemas"].update(made["$defs"])
        return super().openapi()
