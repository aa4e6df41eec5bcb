"""Nobody makes edits under a teammate's name; after a restore people may give back what the server lost."""

from __future__ import annotations

import base64
from datetime import timedelta

from loro import ExportMode, LoroDoc
from sqlalchemy import delete

from sync_server.database.base import now
from sync_server.logs.models import DocumentUpdate, LoggedFact, Peer
from sync_server.projects.epochs import begin_new_epochs
from sync_server.projects.models import Project
from tests.sync_server.logs.databases import ON_BOTH_DATABASES
from tests.sync_server.logs.replicas import Replica, fact, make_project, version_vector
from tests.sync_server.teams import Team

pytestmark = ON_BOTH_DATABASES


def _lose(team: Team, project_id: str, number: int, fact_number: int = 0) -> None:
    """What restoring a backup does that was made at these numbers: later entries are gone, the epoch is another."""
    with team.server.state.database.write() as session:
        session.execute(
            delete(DocumentUpdate).where(DocumentUpdate.project_id == project_id, DocumentUpdate.number > number)
        )
        session.execute(delete(LoggedFact).where(LoggedFact.project_id == project_id, LoggedFact.number > fact_number))
        session.execute(delete(Peer).where(Peer.project_id == project_id))
        for row in session.query(DocumentUpdate).filter_by(project_id=project_id).order_by(DocumentUpdate.number):
            for peer, (_, end) in row.spans.items():
                known = session.get(Peer, (project_id, peer))
                if known is None:
                    session.add(Peer(project_id=project_id, peer=peer, user_id=row.author_id, counter=end))
                    session.flush()
                else:
                    known.counter = end
        project = session.get_one(Project, project_id)
        project.last_update, project.last_fact = number, fact_number
        begin_new_epochs(session)


def _push_missing(replica: Replica, *facts: dict[str, object]) -> dict[str, object]:
    """As a replica does at a new epoch: export from what the server holds, and say that it gives things back."""
    said = replica.person.get(f"/projects/{replica.project_id}/log", params={"version": True}).json()
    replica.epoch = said["epoch"]
    data = replica.doc.export(ExportMode.Updates(version_vector(said["version"])))
    answer = replica.try_push(*facts, update=base64.b64encode(data).decode(), returning=True)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_new_edits_under_a_teammates_peer_are_refused(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    victim = Replica(team.owner, project)
    victim.set("name", "Fox")
    victim.push()
    forger = Replica(team.member, project, peer=victim.doc.peer_id)
    forger.set("name", "Forged")
    answer = forger.try_push(update=forger.new_edits())
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    victim.set("name", "Vixen")
    assert victim.push()["update_number"] == 2
    assert Replica(team.viewer, project).value == {"project": {"name": "Vixen"}}


def test_what_a_teammate_made_may_be_pushed_again_with_ones_own(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    here = Replica(team.owner, project)
    here.set("name", "Fox")
    here.push()
    there = Replica(team.member, project)
    there.set("description", "mine")
    everything = base64.b64encode(there.doc.export(ExportMode.Snapshot())).decode()
    assert there.try_push(update=everything).json()["update_number"] == 2


def test_a_copied_library_of_the_same_person_goes_on_under_its_peer(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    here = Replica(team.owner, project)
    here.set("name", "Fox")
    here.push()
    here.set("name", "Vixen")
    copy = Replica(team.owner, project)
    copy.doc.import_(here.doc.export(ExportMode.Snapshot()))
    assert copy.push()["update_number"] == 2


def test_after_a_restore_a_teammate_gives_back_what_was_lost(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    here, there = Replica(team.owner, project), Replica(team.member, project)
    here.set("name", "Fox")
    here.push()
    here.set("description", "lost in the restore")
    mine, others = fact(), fact()
    here.push(mine)
    there.push(others, edits=False)
    there.pull()
    _lose(team, project, 1)
    assert there.try_push(update=None).status_code == 409
    returned = [{name: one[name] for name in ("id", "kind", "made_at", "body", "author_id")} for one in there.facts]
    assert _push_missing(there, *returned)["update_number"] == 2
    fresh = Replica(team.viewer, project)
    assert fresh.value == here.value
    entry = team.viewer.get(f"/projects/{project}/log").json()["updates"][1]
    assert (entry["author_id"], entry["returned_by"]) == (None, team.member.user_id)
    assert [(one["author_id"], one["returned_by"]) for one in fresh.facts] == [
        (None, team.member.user_id),
        (team.member.user_id, None),
    ]
    # Its real author finds it there already, and goes on under the same peer.
    assert _push_missing(here)["update_number"] is None
    here.pushed = here.doc.oplog_vv
    here.set("name", "Vixen")
    assert here.push()["update_number"] == 3


def test_a_peer_that_came_back_stays_open_for_its_owner(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    here, there = Replica(team.owner, project), Replica(team.member, project)
    here.set("name", "Fox")
    here.push()
    there.pull()
    _lose(team, project, 0)
    _push_missing(there)
    here.pull()
    here.set("name", "Vixen")
    here.push()
    entries = team.owner.get(f"/projects/{project}/log").json()["updates"]
    assert [entry["author_id"] for entry in entries] == [None, team.owner.user_id]


def test_a_month_after_a_restore_nothing_of_others_is_taken_any_more(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    here, there = Replica(team.owner, project), Replica(team.member, project)
    here.set("name", "Fox")
    here.push()
    here.set("name", "Vixen")
    here.push()
    there.pull()
    _lose(team, project, 1)
    with team.server.state.database.write() as session:
        session.get_one(Project, project).restored_at = now() - timedelta(days=31)
    there.epoch = there.person.get(f"/projects/{project}").json()["epoch"]
    lost = base64.b64encode(there.doc.export(ExportMode.Snapshot())).decode()
    assert there.try_push(update=lost, returning=True).status_code == 403


def test_a_forged_update_leaves_nothing_for_the_next_push_to_stand_on(team: Team) -> None:
    project = make_project(team.owner, team.workspace_id)
    victim = Replica(team.owner, project)
    victim.set("name", "Fox")
    victim.push()
    forged = LoroDoc()
    forged.import_(victim.doc.export(ExportMode.Snapshot()))
    forged.peer_id = victim.doc.peer_id
    forged.get_map("project").insert("name", "Forged")
    forged.commit()
    before = forged.oplog_vv
    accomplice = Replica(team.member, project)
    accomplice.try_push(update=base64.b64encode(forged.export(ExportMode.Snapshot())).decode())
    accomplice.doc.import_(forged.export(ExportMode.Snapshot()))
    accomplice.doc.get_map("project").insert("built on", "the forged one")
    accomplice.doc.commit()
    late = base64.b64encode(accomplice.doc.export(ExportMode.Updates(before))).decode()
    assert accomplice.try_push(update=late).status_code == 409
