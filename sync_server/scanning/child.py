"""The process that opens untrusted files, so that the server never does: `python -m sync_server.scanning.child`.

One request per line of JSON on stdin: `{"path": …}`, and `"sanitised": …` where a harmless SVG shall be written.
One answer per line: `{"findings": {…}}` or `{"refused": "sentence"}`.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from dataclasses import asdict
from pathlib import Path

MEMORY_BYTES = 1536 * 2**20
CPU_S = 900
MAX_FILE_BYTES = 64 * 2**20


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints must not look like an answer
    _limit_itself()
    from sync_server.scanning.examine import examine
    from sync_server.scanning.findings import TooMuch
    from sync_server.scanning.svg import NotSvg, sanitised_svg

    for line in sys.stdin:
        request = json.loads(line)
        try:
            findings = examine(Path(request["path"]))
            if request.get("sanitised"):
                Path(request["sanitised"]).write_bytes(sanitised_svg(Path(request["path"])))
            answer: dict[str, object] = {"findings": asdict(findings)}
        except (TooMuch, NotSvg) as refusal:
            answer = {"refused": str(refusal)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _limit_itself() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_FILE_BYTES, MAX_FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)


if __name__ == "__main__":
    main()
