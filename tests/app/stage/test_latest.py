"""Background requests: one at a time, the newest of those that wait, and the last is always answered."""

from __future__ import annotations

import threading

from app.session import StudioSession
from app.stage.latest import Latest
from tests.app.conftest import Until


def test_of_many_requests_the_first_and_the_newest_run(session: StudioSession, until: Until) -> None:
    latest, gate, ran, answers = Latest(session.background), threading.Event(), [], []
    latest.done.connect(lambda key, result: answers.append((key, result)))

    def work(number: int) -> int:
        gate.wait(5)
        ran.append(number)
        return number * 10

    for number in range(20):
        latest.ask(number, lambda n=number: work(n))
    gate.set()
    until(lambda: not latest.busy)
    assert ran == [0, 19]
    assert answers == [(0, 0), (19, 190)]


def test_an_error_is_told_and_the_next_request_still_runs(session: StudioSession, until: Until) -> None:
    latest, errors, answers = Latest(session.background), [], []
    latest.failed.connect(lambda _key, error: errors.append(error))
    latest.done.connect(lambda _key, result: answers.append(result))

    def fail() -> None:
        raise ValueError("no")

    latest.ask("a", fail)
    latest.ask("b", lambda: "fine")
    until(lambda: answers == ["fine"])
    assert isinstance(errors[0], ValueError)


def test_nothing_is_answered_after_the_end(session: StudioSession, until: Until) -> None:
    latest, answers = Latest(session.background), []
    latest.done.connect(lambda _key, result: answers.append(result))
    latest.ask("a", lambda: 1)
    latest.close()
    until(lambda: session.background.idle)
    assert answers == []
