"""Mail about notifications: gathered, only about what wasn't read, sent once by however many processes, easy to end."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from sync_server.database.base import now
from sync_server.notifications import Kind, notify
from sync_server.notifications.digest import forget_old, send_due
from sync_server.notifications.models import Notification
from tests.sync_server.running import Mailbox, ServerThread, SignedIn, text_of

People = Callable[..., SignedIn]
ADA = "ada@example.org"


@pytest.fixture
def server(make_server: Callable[..., ServerThread]) -> ServerThread:
    """One whose own rounds never come: each test says when."""
    return make_server(digest_check_s=3600.0)


@pytest.fixture
def tell(server: ServerThread) -> Callable[..., None]:
    def tells(person: SignedIn, sentence: str, kind: Kind = Kind.MENTIONED, **more: str) -> None:
        with server.state.database.write() as session:
            notify(server.state, session, [person.user_id], kind, sentence, **more)

    return tells


def later(server: ServerThread, **time_passed: float) -> int:
    return send_due(server.state, now() + timedelta(**time_passed))


def digests(mailbox: Mailbox) -> list[str]:
    return [str(mail["Subject"]) for mail in mailbox.to(ADA) if mail["List-Unsubscribe"]]


def test_several_wait_for_one_another_and_come_in_one_mail(
    server: ServerThread, sign_up: People, tell: Callable[..., None], mailbox: Mailbox
) -> None:
    ada = sign_up(ADA)
    tell(ada, "Ben mentioned you: “look <here>”.", workspace_id=ada.workspace_id)
    tell(ada, "Eve mentioned you.", workspace_id=ada.workspace_id)
    tell(ada, "Your film failed.", kind=Kind.JOB_FAILED)
    assert later(server, minutes=5) == 0
    assert later(server, minutes=11) == 1
    assert later(server, minutes=12) == 0
    mail = mailbox.wait(ADA, "3 new notifications")
    text = text_of(mail).replace("\r\n", "\n")
    assert "Personal\n- Ben mentioned you: “look <here>”.\n- Eve mentioned you." in text
    assert "MascotForge\n- Your film failed." in text
    html = mail.get_body(("html",))
    assert html is not None and "look &lt;here&gt;" in html.get_content()


def test_a_single_one_is_the_subject_itself(
    server: ServerThread, sign_up: People, tell: Callable[..., None], mailbox: Mailbox
) -> None:
    tell(sign_up(ADA), "Eve mentioned you.")
    later(server, minutes=11)
    assert mailbox.wait(ADA, "Eve mentioned you.")


def test_what_was_read_in_the_app_is_not_mailed(
    server: ServerThread, sign_up: People, tell: Callable[..., None]
) -> None:
    ada = sign_up(ADA)
    tell(ada, "Eve mentioned you.")
    ada.post("/notifications/read-all", json={})
    assert later(server, days=2) == 0


def test_kinds_without_mail_are_not_mailed(server: ServerThread, sign_up: People, tell: Callable[..., None]) -> None:
    ada = sign_up(ADA)
    tell(ada, "Your film is finished.", kind=Kind.JOB_FINISHED)
    tell(ada, "Eve mentioned you.")
    ada.patch("/notifications/preferences", json={"kinds": [{"kind": "mentioned", "mail": False}]})
    assert later(server, days=2) == 0


def test_a_kind_only_by_mail_is_mailed(server: ServerThread, sign_up: People, tell: Callable[..., None]) -> None:
    ada = sign_up(ADA)
    ada.patch("/notifications/preferences", json={"kinds": [{"kind": "job_finished", "app": False, "mail": True}]})
    tell(ada, "Your film is finished.", kind=Kind.JOB_FINISHED)
    assert later(server, minutes=11) == 1


def test_a_daily_digest_waits_for_a_day(server: ServerThread, sign_up: People, tell: Callable[..., None]) -> None:
    ada = sign_up(ADA)
    ada.patch("/notifications/preferences", json={"digest": "daily"})
    tell(ada, "Eve mentioned you.")
    assert later(server, hours=23) == 0
    assert later(server, hours=25) == 1


def test_nothing_about_a_workspace_that_was_left_is_mailed(
    server: ServerThread, sign_up: People, tell: Callable[..., None]
) -> None:
    ada, ben = sign_up(ADA), sign_up("ben@example.org")
    tell(ada, "A secret of Ben's workspace.", workspace_id=ben.workspace_id)
    assert later(server, minutes=11) == 0


def test_however_many_look_at_once_there_is_one_mail(
    server: ServerThread, make_server: Callable[..., ServerThread], sign_up: People, tell: Callable[..., None]
) -> None:
    second = make_server(digest_check_s=3600.0)
    ada = sign_up(ADA, server=server)
    for number in range(5):
        tell(ada, f"Eve mentioned you {number}.")
    with ThreadPoolExecutor(6) as pool:
        sent = list(pool.map(lambda at: later(at, minutes=11), [server, second] * 3))
    assert sum(sent) == 1


def test_the_server_itself_looks(make_server: Callable[..., ServerThread], sign_up: People, mailbox: Mailbox) -> None:
    server = make_server(digest_check_s=0.1, digest_soon_s=0.2)
    ada = sign_up(ADA, server=server)
    with server.state.database.write() as session:
        notify(server.state, session, [ada.user_id], Kind.MENTIONED, "Eve mentioned you.")
    assert mailbox.wait(ADA, "Eve mentioned you.")
    time.sleep(0.5)
    assert digests(mailbox) == ["Eve mentioned you."]


def test_the_link_ends_the_mail_after_a_click(
    server: ServerThread, sign_up: People, tell: Callable[..., None], mailbox: Mailbox
) -> None:
    ada = sign_up(ADA)
    tell(ada, "Eve mentioned you.")
    later(server, minutes=11)
    found = re.search(r"http\S+/notifications/opt-out\?token=(\S+)", text_of(mailbox.wait(ADA, "Eve")))
    assert found is not None
    page = httpx.get(found[0])
    assert (
        page.status_code == 200
        and "<form" in page.text
        and "default-src 'none'" in page.headers["Content-Security-Policy"]
    )
    assert ada.get("/notifications/preferences").json()["digest"] == "soon"
    assert httpx.post(f"{server.url}/notifications/opt-out", data={"token": found[1]}).status_code == 200
    assert ada.get("/notifications/preferences").json()["digest"] == "never"
    tell(ada, "Eve mentioned you again.")
    assert later(server, days=2) == 0


def test_a_mail_program_ends_it_by_itself(
    server: ServerThread, sign_up: People, tell: Callable[..., None], mailbox: Mailbox
) -> None:
    ada = sign_up(ADA)
    tell(ada, "Eve mentioned you.")
    later(server, minutes=11)
    mail = mailbox.wait(ADA, "Eve")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = re.sub(r"\s", "", str(mail["List-Unsubscribe"])).strip("<>")
    assert httpx.post(address, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert ada.get("/notifications/preferences").json()["digest"] == "never"


def test_a_made_up_link_ends_nothing(server: ServerThread, sign_up: People) -> None:
    ada = sign_up(ADA)
    for token in ("", "nonsense", ada.token):
        assert httpx.post(f"{server.url}/notifications/opt-out", data={"token": token}).status_code == 410
    assert ada.get("/notifications/preferences").json()["digest"] == "soon"


def test_old_notifications_are_forgotten(server: ServerThread, sign_up: People, tell: Callable[..., None]) -> None:
    ada = sign_up(ADA)
    tell(ada, "Long ago.")
    with server.state.database.write() as session:
        session.execute(update(Notification).values(created_at=now() - timedelta(days=181)))
    tell(ada, "Now.")
    with server.state.database.write() as session:
        forget_old(session, now())
    assert [one["sentence"] for one in ada.get("/notifications").json()["items"]] == ["Now."]


def test_a_mail_that_cannot_be_queued_leaves_the_notifications_waiting(
    server: ServerThread, sign_up: People, tell: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(sign_up(ADA), "Eve mentioned you.")
    with monkeypatch.context() as broken:
        broken.setattr("sync_server.notifications.digest.send_mail", _fails)
        with pytest.raises(OSError, match="disk"):
            later(server, minutes=11)
    assert later(server, minutes=11) == 1


def _fails(*_: object, **__: object) -> None:
    raise OSError("disk full")
