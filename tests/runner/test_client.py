"""The engine process and its client, with real processes."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from engine.protocol.errors import ErrorCode
from engine.protocol.events import ArtifactMade, Failed, StepDone
from engine.protocol.mascot import Mascot
from engine.protocol.recipes import DrawingRecipe
from engine.protocol.wire import Hello, Lane, Workplace
from engine.runner.client import EngineClient, EngineState, engine_command
from tests.runner.conftest import SCRIPTED_HOST, Client, is_alive, until
from tests.runner.scripted import script


def gpu_log(workplace: Workplace) -> str:
    return (Path(workplace.cache) / "logs" / "engine-gpu.log").read_text()


def test_a_drawing_travels_through_the_engine_process(client: Client, workplace: Workplace) -> None:
    client.engine.submit("job", DrawingRecipe(mascot=Mascot(), size=256))
    events = client.until_ended("job")
    assert client.kinds("job")[0] == "started"
    assert client.kinds("job")[-1] == "done", events[-1]
    roles = {e.artifact.role: e.artifact for e in events if isinstance(e, ArtifactMade)}
    assert set(roles) == {"picture", "drawing"}
    assert (roles["picture"].width, roles["picture"].file_name) == (256, "happy-orange-fox.png")
    assert (Path(workplace.blobs) / roles["picture"].blob[:2] / roles["picture"].blob).is_file()
    assert client.engine.state(Lane.CPU) is EngineState.READY
    assert client.engine.state(Lane.GPU) is EngineState.STOPPED


def test_states_follow_the_lane(client: Client) -> None:
    client.engine.warm_up(Lane.GPU)
    client.until(lambda: client.engine.state(Lane.GPU) is EngineState.READY)
    client.engine.submit("job", script("work"))
    client.until_ended("job")
    client.engine.close()
    gpu = [state for lane, state in client.states if lane is Lane.GPU]
    assert gpu == [
        EngineState.STARTING,
        EngineState.READY,
        EngineState.BUSY,
        EngineState.READY,
        EngineState.STOPPED,
    ]


def test_what_libraries_print_never_reaches_the_pipe(client: Client, workplace: Workplace) -> None:
    client.engine.submit("job", script("print noise", "work"))
    client.until_ended("job")
    assert client.kinds("job")[-1] == "done"
    assert gpu_log(workplace).count("noise\n") == 3, "Python, the file descriptor and printf go to the log"


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ("fail no such thing", ErrorCode.BAD_INPUT, "no"),
        ("bug", ErrorCode.INTERNAL, "Something went wrong inside the engine (ZeroDivisionError)"),
        ("panic", ErrorCode.INTERNAL, "Something went wrong inside the engine (Panic)"),
        ("memory", ErrorCode.OUT_OF_MEMORY, "not enough memory"),
        ("full", ErrorCode.DISK_FULL, "No space is left"),
    ],
)
def test_a_failing_step_is_an_event_and_the_engine_lives_on(
    client: Client, words: str, code: ErrorCode, sentence: str
) -> None:
    client.engine.submit("bad", script("work", words if not words.startswith("fail") else "fail no"))
    client.engine.submit("good", script("work"))
    client.until_ended("bad", "good")
    failed = client.of("bad")[-1]
    assert isinstance(failed, Failed)
    assert failed.code is code
    assert sentence in failed.sentence
    assert "Traceback" in failed.details
    assert client.kinds("good")[-1] == "done"
    assert not client.lost


def test_jobs_of_a_lane_run_one_after_the_other(client: Client) -> None:
    for number in range(3):
        client.engine.submit(f"job {number}", script("sleep 0.1", seed=number))
    client.until_ended("job 0", "job 1", "job 2")
    frame = [(event.kind, event.job_id) for event in client.events if event.kind in ("started", "done")]
    assert frame == [(kind, f"job {n}") for n in range(3) for kind in ("started", "done")]


def test_cancel_arrives_within_a_step_and_the_process_stays(client: Client) -> None:
    client.engine.submit("job", script("sleep 60"))
    client.until(lambda: "progress" in client.kinds("job"))
    pid = client.engine.process_id(Lane.GPU)
    client.engine.cancel("job")
    client.until_ended("job")
    assert client.kinds("job")[-1] == "cancelled"
    assert client.engine.process_id(Lane.GPU) == pid


def test_cancel_of_a_waiting_job_leaves_the_running_one_alone(client: Client) -> None:
    client.engine.submit("first", script("sleep 0.5"))
    client.engine.submit("second", script("sleep 60"))
    client.engine.cancel("second")
    client.until_ended("first", "second")
    assert client.kinds("second") == ["cancelled"]
    assert client.kinds("first")[-1] == "done"


def test_a_step_that_does_not_answer_a_cancel_is_killed_after_two_seconds(client: Client) -> None:
    client.engine.submit("stuck", script("stuck 60"))
    client.engine.submit("next", script("work"))
    client.until(lambda: "progress" in client.kinds("stuck"))
    asked = time.monotonic()
    client.engine.cancel("stuck")
    client.until(lambda: client.ended("stuck"))
    assert 1.5 < time.monotonic() - asked < 6
    assert client.kinds("stuck")[-1] == "cancelled"
    client.until_ended("next")
    assert client.kinds("next")[-1] == "done", "what waited behind it is not lost"
    assert not client.lost


def test_a_killed_engine_is_reported_and_the_next_job_gets_a_new_one(client: Client) -> None:
    client.engine.submit("job", script("sleep 60"))
    client.until(lambda: "progress" in client.kinds("job"))
    pid = client.engine.process_id(Lane.GPU)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    client.until(lambda: client.lost)
    assert client.lost == [(Lane.GPU, "job", "The engine stopped unexpectedly (signal 9).")]
    client.engine.submit("again", script("work"))
    client.until_ended("again")
    assert client.engine.process_id(Lane.GPU) not in (None, pid)


def test_an_engine_that_exits_by_itself_says_with_which_code(client: Client) -> None:
    client.engine.submit("job", script("exit 7"))
    client.until(lambda: client.lost)
    assert "(exit code 7)" in client.lost[0][2]


def test_after_a_crash_finished_steps_come_from_the_cache(client: Client, tmp_path: Path) -> None:
    recipe = script("work", f"once {tmp_path / 'marker'} crash 9", "work")
    client.engine.submit("job", recipe)
    client.until(lambda: client.lost)
    client.engine.submit("job", recipe)
    client.until_ended("job")
    done = [(event.step, event.cached) for event in client.of("job") if isinstance(event, StepDone)]
    assert done == [("0 work", False), ("0 work", True), ("1 once", False), ("2 work", False)]


def test_the_engine_ends_when_its_client_is_killed(workplace: Workplace, tmp_path: Path) -> None:
    """With the program that a step had started, too."""
    marker = tmp_path / "child"
    code = (
        "import sys, time\n"
        "from engine.runner.client import EngineClient\n"
        "from engine.protocol.wire import Workplace\n"
        "from tests.runner.conftest import SCRIPTED_HOST\n"
        "from tests.runner.scripted import script\n"
        "client = EngineClient(Workplace.model_validate_json(sys.argv[1]), print, command=SCRIPTED_HOST)\n"
        "client.submit('job', script('child ' + sys.argv[2]))\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, workplace.model_dump_json(), str(marker)], stdout=subprocess.DEVNULL
    )
    until(lambda: marker.is_file() and marker.read_text(), 30)
    engines = [child.pid for child in psutil.Process(parent.pid).children()]
    parent.kill()
    parent.wait()
    assert len(engines) == 1
    until(lambda: not any(is_alive(pid) for pid in engines))
    sleeper = int(marker.read_text())
    if is_alive(sleeper):
        # Killed by the kernel, the engine had no time for its own; real encoders end with their input.
        os.kill(sleeper, signal.SIGKILL)


class Raw:
    """An engine process spoken to by hand."""

    def __init__(self, *, lane: str = "gpu") -> None:
        self.process = subprocess.Popen(
            [*SCRIPTED_HOST, "--lane", lane, "--parent", str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def say(self, line: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def hear(self) -> dict[str, object]:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def end(self) -> tuple[int, str]:
        _, errors = self.process.communicate(timeout=20)
        return self.process.returncode, errors.decode()


def hello(workplace: Workplace, **changes: object) -> bytes:
    message = Hello(lane=Lane.GPU, workplace=workplace).model_dump() | changes
    return json.dumps(message).encode()


def test_the_hello_is_answered_and_the_end_of_the_pipe_is_the_end(workplace: Workplace) -> None:
    raw = Raw()
    raw.say(hello(workplace))
    answer = raw.hear()
    assert (answer["kind"], answer["lane"], answer["pid"]) == ("hello", "gpu", raw.process.pid)
    assert raw.end() == (0, "")


def test_another_version_is_refused_with_a_sentence(workplace: Workplace) -> None:
    raw = Raw()
    raw.say(hello(workplace, version=99))
    assert raw.hear()["version"] == 1
    code, log = raw.end()
    assert code == 3
    assert "speaks protocol 99 and this engine 1; reinstall MascotForge" in log


def test_a_stranger_is_refused() -> None:
    raw = Raw()
    raw.say(b"GET / HTTP/1.1")
    code, log = raw.end()
    assert (code, "not a hello" in log) == (3, True)


def test_garbage_lines_are_logged_and_ignored(workplace: Workplace) -> None:
    raw = Raw()
    raw.say(hello(workplace))
    raw.hear()
    for line in (b"garbage \xff\x00", b"{}", b'{"kind": "dance"}', b'{"kind": "run", "job_id": "x"}', b""):
        raw.say(line)
    raw.say(json.dumps({"kind": "run", "job_id": "job", "recipe": script("work").model_dump()}).encode())
    kinds = []
    while not kinds or kinds[-1] != "done":
        kinds.append(raw.hear()["event"]["kind"])  # type: ignore[index]
    code, log = raw.end()
    assert code == 0
    assert log.count("ignored a line that is no message") == 5


def test_an_engine_that_cannot_start_fails_the_job_with_a_sentence(workplace: Workplace) -> None:
    client = Client(workplace, [sys.executable, "-c", "raise SystemExit('no torch here')"])
    client.engine.submit("job", script("work"))
    failed = client.until_ended("job")[-1]
    client.engine.close()
    assert isinstance(failed, Failed)
    assert failed.code is ErrorCode.ENGINE_STOPPED
    assert "can't be started (exit code 1)" in failed.sentence
    assert "no torch here" in failed.details
    assert EngineState.FAILED in [state for _, state in client.states]


def test_an_engine_of_another_version_is_one_sentence(workplace: Workplace) -> None:
    answer = json.dumps({"kind": "hello", "version": 99, "lane": "gpu"})
    code = f"import time; print({answer!r}, flush=True); time.sleep(60)"
    client = Client(workplace, [sys.executable, "-c", code])
    client.engine.submit("job", script("work"))
    failed = client.until_ended("job")[-1]
    client.engine.close()
    assert isinstance(failed, Failed)
    assert "speaks protocol 99 and this program 1; reinstall" in failed.sentence


def test_an_encoder_of_a_crashed_engine_ends_with_it(client: Client, tmp_path: Path) -> None:
    marker = tmp_path / "child"
    client.engine.submit("job", script(f"child {marker}"))
    until(lambda: marker.is_file() and marker.read_text(), 60)
    pid = client.engine.process_id(Lane.GPU)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    client.until(lambda: client.lost)
    until(lambda: not is_alive(int(marker.read_text())))


def test_close_ends_a_busy_engine_quickly(workplace: Workplace) -> None:
    client = Client(workplace, SCRIPTED_HOST)
    client.engine.submit("job", script("stuck 60"))
    client.until(lambda: "started" in client.kinds("job"))
    began = time.monotonic()
    client.engine.close()
    assert time.monotonic() - began < 4
    assert not client.lost


def test_the_log_is_kept_small(workplace: Workplace, client: Client) -> None:
    log = Path(workplace.cache) / "logs" / "engine-gpu.log"
    log.parent.mkdir(parents=True)
    log.write_bytes(b"x" * (3 * 2**20))
    client.engine.submit("job", script("work"))
    client.until_ended("job")
    assert log.stat().st_size < 2**20
    assert log.with_name("engine-gpu.log.1").stat().st_size == 3 * 2**20


def test_a_packaged_program_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert engine_command() == [sys.executable, "--engine-host"]


def test_the_client_is_light() -> None:
    code = "import sys, engine.runner.client; print(sorted({'torch', 'numpy', 'cv2', 'PIL'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"[]\n"


@pytest.mark.slow
def test_kills_and_cancels_at_random_moments_leave_a_working_client(workplace: Workplace) -> None:
    dice = random.Random(11)
    client = Client(workplace, SCRIPTED_HOST)
    engine: EngineClient = client.engine
    try:
        for number in range(60):
            job_id = f"job {number}"
            engine.submit(job_id, script("work", "sleep 0.3", "print noise", "sleep 0.2", seed=number))
            time.sleep(dice.random() * 0.9)
            pid = engine.process_id(Lane.GPU)
            if dice.random() < 0.5 and pid is not None:
                os.kill(pid, signal.SIGKILL)
            elif dice.random() < 0.5:
                engine.cancel(job_id)
            client.until(lambda job_id=job_id: client.ended(job_id) or any(job_id == lost[1] for lost in client.lost))
        engine.submit("last", script("work", seed=99))
        client.until_ended("last")
        assert client.kinds("last")[-1] == "done"
    finally:
        engine.close()
