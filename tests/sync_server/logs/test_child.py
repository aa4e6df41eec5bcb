"""What the validator's process answers, spoken to without the process."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import pytest
from loro import ExportMode, LoroDoc

from sync_server.logs import child, documents
from sync_server.logs.documents import Documents, Refused
from sync_server.logs.frames import frame, read_frame

ROOM = 10**7


@pytest.fixture(autouse=True)
def no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """They would hold for the tests' own process from here on, which may be a large one already."""
    monkeypatch.setattr(child, "_limit_time", lambda: None)
    monkeypatch.setattr(child, "_CRAMPED_BYTES", 2**62)


def said(*requests: tuple[Mapping[str, Any], bytes]) -> list[tuple[dict[str, Any], bytes]]:
    """The answers to these requests about the project `p`."""
    asked = io.BytesIO(b"".join(frame({"project": "p", **header}, data) for header, data in requests))
    answers = io.BytesIO()
    child.serve(asked, answers)
    answers.seek(0)
    found: list[tuple[dict[str, Any], bytes]] = []
    while (answer := read_frame(answers)) is not None:
        found.append(answer)
    return found


def load(number: int, *parts: bytes, anew: bool = True) -> tuple[dict[str, Any], bytes]:
    header = {"do": "load", "number": number, "parts": [len(part) for part in parts], "anew": anew}
    return header, b"".join(parts)


class Writer:
    """Someone who edits a document."""

    def __init__(self, *, key: str = "k") -> None:
        self.doc = LoroDoc()
        self.doc.peer_id = 7
        self.key = key

    def edit(self, value: Any) -> bytes:
        """The update of one edit."""
        before = self.doc.oplog_vv
        self.doc.get_map("m").insert(self.key, value)
        self.doc.commit()
        return self.doc.export(ExportMode.Updates(before))


def test_a_document_is_loaded_checked_and_shown_as_it_was() -> None:
    writer = Writer()
    first, second = writer.edit(1), writer.edit(2)
    answers = said(
        load(1, first),
        ({"do": "check", "number": 1, "most_bytes": ROOM}, second),
        ({"do": "snapshot", "number": 2}, b""),
        ({"do": "updates_since", "number": 2, "version": {"7": 1}}, b""),
        ({"do": "value_at", "number": 2, "version": {"7": 1}, "most_bytes": ROOM}, b""),
        ({"do": "snapshot_at", "number": 2, "version": {"7": 1}}, b""),
    )
    checked, snapshot, since, value, past = (answers[1][0], *(data for _, data in answers[2:]))
    assert checked["spans"] == {"7": [1, 2]} and checked["weight"] > 0
    assert value_of(snapshot) == {"m": {"k": 2}}
    assert value_of(first, since) == {"m": {"k": 2}}
    assert json.loads(value) == {"m": {"k": 1}}
    assert value_of(past) == {"m": {"k": 1}}


def value_of(*updates: bytes) -> Any:
    doc = LoroDoc()
    for update in updates:
        doc.import_(update)
    return doc.get_deep_value()


def test_a_document_that_is_not_known_up_to_there_is_asked_for() -> None:
    check = ({"do": "check", "number": 3, "most_bytes": ROOM}, b"")
    assert said(check) == [({"behind": None}, b"")]
    writer = Writer()
    known = load(1, writer.edit(1))
    assert said(known, check)[1] == ({"behind": 1}, b"")
    assert said(known, ({"do": "forget"}, b""), check)[2] == ({"behind": None}, b"")


def test_what_is_there_already_adds_nothing_and_can_be_said_again() -> None:
    writer = Writer()
    first = writer.edit(1)
    answers = said(load(1, first), ({"do": "check", "number": 1, "most_bytes": ROOM}, first))
    assert answers[1][0]["spans"] == {}


def test_later_parts_are_added_to_what_is_known() -> None:
    writer = Writer()
    first, second = writer.edit(1), writer.edit(2)
    answers = said(load(1, first), load(2, second, anew=False), ({"do": "snapshot", "number": 2}, b""))
    assert value_of(answers[2][1]) == {"m": {"k": 2}}


REFUSED = {
    "no update": (b"nonsense", "bad_input"),
    "nothing": (b"", "bad_input"),
    "edits on top of unknown ones": (None, "conflict"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_become_part_of_the_document_is_refused_and_the_document_forgotten(case: str) -> None:
    data, code = REFUSED[case]
    writer = Writer()
    first, _, third = writer.edit(1), writer.edit(2), writer.edit(3)
    check = ({"do": "check", "number": 1, "most_bytes": ROOM}, third if data is None else data)
    answers = said(load(1, first), check, ({"do": "snapshot", "number": 1}, b""))
    assert answers[1][0]["refused"] == code and answers[1][0]["sentence"].endswith(".")
    assert answers[2][0] == {"behind": None}


def test_a_log_that_cannot_be_read_is_told() -> None:
    assert said(load(1, b"nonsense"))[0][0]["refused"] == "bad_input"


def test_documents_and_versions_that_are_too_large_are_refused() -> None:
    update = Writer().edit("x" * 5000)
    answers = said(
        load(0),
        ({"do": "check", "number": 0, "most_bytes": 1000}, update),
        load(1, update),
        ({"do": "value_at", "number": 1, "version": {"7": 1}, "most_bytes": 1000}, b""),
    )
    assert answers[1][0]["refused"] == answers[3][0]["refused"] == "too_large"


def test_bytes_in_a_document_are_shown_as_text() -> None:
    update = Writer().edit(b"\xff\x00")
    (_, (_, value)) = said(
        load(1, update), ({"do": "value_at", "number": 1, "version": {"7": 1}, "most_bytes": ROOM}, b"")
    )
    assert json.loads(value) == {"m": {"k": "/wA="}}


def test_a_request_that_no_version_knows_ends_the_process() -> None:
    with pytest.raises(ValueError, match="unknown request"):
        said(load(0), ({"do": "dance", "number": 0}, b""))


def test_a_process_that_grew_large_answers_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "_CRAMPED_BYTES", 0)
    assert len(said(load(0), load(0))) == 1


def test_the_document_that_rested_longest_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_DOCUMENTS", 2)
    known = Documents()
    for project in ("a", "b"):
        known.load(project, 0, [], anew=True)
    known.check("a", Writer().edit(1), ROOM)
    known.load("c", 0, [], anew=True)
    assert [known.number_of(project) for project in ("a", "b", "c")] == [1, None, 0]


def test_all_documents_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_TOTAL_BYTES", 10_000)
    known = Documents()
    for project in ("a", "b"):
        known.load(project, 1, [Writer().edit("x" * 8000)], anew=True)
    assert known.number_of("a") is None or known.number_of("b") == 1


def test_a_refusal_forgets_the_document() -> None:
    known = Documents()
    known.load("p", 0, [], anew=True)
    with pytest.raises(Refused):
        known.check("p", b"nonsense", ROOM)
    assert known.number_of("p") is None


@pytest.mark.parametrize("text", [b"\x05\0\0\0\0\0\0\0[1,2]", b"\xff\xff\xff\x7f\0\0\0\0{}"])
def test_what_is_no_frame_is_an_error_of_the_other_side(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"header|large"):
        read_frame(io.BytesIO(text), most=1000)


def test_a_frame_that_was_cut_off_is_an_end() -> None:
    whole = frame({"a": 1}, b"data")
    for cut in (0, 4, 9, len(whole) - 1):
        assert read_frame(io.BytesIO(whole[:cut])) is None
