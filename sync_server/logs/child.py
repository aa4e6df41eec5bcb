"""The validator's process: `python -m sync_server.logs.child`. It reads untrusted bytes and may die of them any time.

Requests come by stdin, answers go by stdout; it ends when stdin does. Its memory is limited once, its processor time
anew for each request, so that a busy machine makes nobody's update look like an attack.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

from sync_server.logs.documents import Documents, Refused
from sync_server.logs.frames import read_frame, write_frame

MEMORY_BYTES = 2 * 2**30
CPU_S = 10
_CRAMPED_BYTES = MEMORY_BYTES // 3


def main() -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _limit_memory()
    serve(sys.stdin.buffer, answers)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    documents = Documents()
    while (request := read_frame(requests)) is not None:
        _limit_time()
        header, data = request
        try:
            answer, found = _answer(documents, header, data)
        except Refused as refused:
            answer, found = {"refused": refused.code, "sentence": refused.sentence}, b""
        write_frame(answers, answer, found)
        if _resident_bytes() > _CRAMPED_BYTES:
            # Documents weigh more in memory than on disk, and a panic leaks: a fresh process is the cure.
            return


def _answer(documents: Documents, header: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    project: str = header["project"]
    match header["do"]:
        case "load":
            documents.load(project, header["number"], list(_parts(header["parts"], data)), anew=header["anew"])
            return {}, b""
        case "forget":
            documents.forget(project)
            return {}, b""
        case _ if documents.number_of(project) != header["number"]:
            return {"behind": documents.number_of(project)}, b""
        case "check":
            spans, weight = documents.check(project, data, header["most_bytes"])
            return {"spans": spans, "weight": weight}, b""
        case "snapshot":
            return {}, documents.snapshot(project)
        case "updates_since":
            return {}, documents.updates_since(project, header["version"])
        case "value_at":
            return {}, documents.value_at(project, header["version"], header["most_bytes"])
        case "snapshot_at":
            return {}, documents.snapshot_at(project, header["version"])
        case other:
            raise ValueError(f"unknown request {other}")


def _parts(sizes: list[int], data: bytes) -> Iterator[bytes]:
    at = 0
    for size in sizes:
        yield data[at : at + size]
        at += size


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        return  # Windows; there the time limit of the server's side is what remains.
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time() -> None:
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + CPU_S, resource.RLIM_INFINITY))


def _resident_bytes() -> int:
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123  (called with each request)
            return int(file.read().split()[1]) * 4096
    except OSError:
        return 0


if __name__ == "__main__":
    main()
