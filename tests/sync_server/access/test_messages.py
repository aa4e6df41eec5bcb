"""Role × message of the WebSocket: the same rights as over HTTP, asked for at each message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, get_args

import pytest

from engine.protocol.ids import new_id
from engine.protocol.sync import ClientMessage
from sync_server.access.roles import ALLOWED, Action, Role
from tests.sync_server.access.world import World, push
from tests.sync_server.realtime.live import Live, live, socket_at
from tests.sync_server.teams import Crowd

STRANGER = "STRANGER"


@dataclass(frozen=True)
class Scene:
    """What a message is about: things of the team."""

    workspace_id: str
    project_id: str
    epoch: str


@dataclass(frozen=True)
class Message:
    """What a person says, the right that it needs, and what a person with the right hears."""

    action: Action | None
    """None: about oneself alone."""
    heard: str

    def said(self, scene: Scene) -> dict[str, Any]:
        raise NotImplementedError


class ToProject(Message):
    def said(self, scene: Scene) -> dict[str, Any]:
        return {"type": "subscribe", "channel": f"project:{scene.project_id}"}


class ToWorkspace(Message):
    def said(self, scene: Scene) -> dict[str, Any]:
        return {"type": "subscribe", "channel": f"workspace:{scene.workspace_id}"}


class ToOneself(Message):
    def said(self, scene: Scene) -> dict[str, Any]:
        return {"type": "subscribe", "channel": "user"}


@dataclass(frozen=True)
class PushFact(Message):
    kind: str = "label"

    def said(self, scene: Scene) -> dict[str, Any]:
        fact = {"id": new_id(), "kind": self.kind, "made_at": 1, "body": {"name": "a", "value": "b", "text": "Hi"}}
        body = {"epoch": scene.epoch, "facts": [fact]}
        return {"type": "push", "request": new_id(), "project_id": scene.project_id, "push": body}


class Show(Message):
    def said(self, scene: Scene) -> dict[str, Any]:
        return {"type": "presence", "project_id": scene.project_id, "place": {"view": "stage"}}


class Alive(Message):
    def said(self, scene: Scene) -> dict[str, Any]:
        return {"type": "ping"}


TABLE: dict[str, Message] = {
    "subscribe to a project": ToProject(Action.SEE, "subscribed"),
    "subscribe to a workspace": ToWorkspace(Action.SEE, "subscribed"),
    "subscribe to oneself": ToOneself(None, "subscribed"),
    "push a label": PushFact(Action.EDIT, "pushed"),
    "push a comment": PushFact(Action.COMMENT, "pushed", kind="comment"),
    "show where one is": Show(Action.SEE, "present"),
    "ping": Alive(None, "pong"),
}
ELSEWHERE = {"hello": "the sign-in itself", "unsubscribe": "takes nothing but one's own ear away"}


@pytest.fixture(scope="module")
def world(crowd: Crowd) -> World:
    return World(crowd)


@pytest.fixture
def scene(world: World) -> Scene:
    project_id = world.project()
    epoch = world.owner.get(f"/projects/{project_id}").json()["epoch"]
    return Scene(world.workspace_id, project_id, epoch)


@pytest.fixture(scope="module")
def sockets(crowd: Crowd) -> Iterator[dict[str, Live]]:
    """An open socket for everybody."""
    with ExitStack() as stack:
        yield {role: stack.enter_context(live(crowd.server, person)) for role, person in crowd.people.items()}


def answer_to(socket: Live, message: Message, scene: Scene) -> dict[str, Any]:
    """The answer: what was hoped for, or the refusal; whatever else comes meanwhile is passed over."""
    # All that came before has been heard once the pong is here.
    socket.say("ping")
    socket.hear("pong")
    said = message.said(scene)
    if isinstance(message, Show):
        socket.say("subscribe", channel=f"project:{scene.project_id}")
    socket.say(**{"type_": said.pop("type"), **said})
    while True:
        heard = socket.hear_any()
        if heard["type"] == message.heard and not (message.heard == "present" and not heard["people"]):
            return heard
        if heard["type"] == "refused":
            return heard


def test_every_message_of_the_protocol_is_in_the_table(scene: Scene) -> None:
    union = get_args(get_args(ClientMessage)[0])
    of_protocol = {kind.model_fields["type"].default for kind in union}
    assert of_protocol == {message.said(scene)["type"] for message in TABLE.values()} | set(ELSEWHERE)


@pytest.mark.parametrize("name", TABLE)
def test_the_role_decides_for_each_message(name: str, sockets: dict[str, Live], scene: Scene) -> None:
    message = TABLE[name]
    for role, socket in sockets.items():
        heard = answer_to(socket, message, scene)
        belongs = role != STRANGER
        allowed = message.action is None or (belongs and message.action in ALLOWED[Role(role)])
        if heard["type"] == "pushed":
            refused = heard["pushed"]["refused"]
            assert (not refused) is allowed, f"{role}: {heard}"
        elif allowed:
            assert heard["type"] == message.heard, f"{role}: {heard}"
        else:
            assert heard["type"] == "refused", f"{role}: {heard}"
            wanted = {"forbidden"} if belongs else {"not_found", "forbidden"}
            assert heard["code"] in wanted, f"{role}: {heard}"


def test_a_socket_that_did_not_say_who_it_is_is_heard_of_nothing(crowd: Crowd, scene: Scene) -> None:
    for message in TABLE.values():
        with socket_at(crowd.server) as socket:
            said = message.said(scene)
            socket.say(**{"type_": said.pop("type"), **said})
            assert socket.hear_any()["code"] == "unauthenticated"


def test_a_key_s_socket_can_do_what_its_scopes_name(crowd: Crowd, world: World, scene: Scene) -> None:
    body = {"name": "reader", "scopes": ["read"]}
    secret = crowd.people["OWNER"].post("/auth/api-keys", json=body).json()["secret"]
    with socket_at(crowd.server) as socket:
        socket.say("hello", token=secret)
        socket.hear("welcome")
        assert answer_to(socket, TABLE["subscribe to a project"], scene)["type"] == "subscribed"
        assert answer_to(socket, TABLE["push a label"], scene)["type"] == "refused"


def test_a_viewer_s_push_over_http_is_refused_as_well(world: World) -> None:
    call = push(world, "comment")
    viewer = world.crowd.people["VIEWER"]
    answer = viewer.post(f"/projects/{call.parameters[0]}/log", json=call.json)
    assert answer.status_code == 403 or answer.json()["refused"], answer.text
    assert world.owner.get(f"/projects/{call.parameters[0]}/log").json()["facts"] == []
