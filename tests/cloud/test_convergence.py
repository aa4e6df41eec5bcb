"""Three replicas do anything in any order, with lost answers, repeated and shuffled messages, and copied folders: in
the end all have the same, and nothing that anyone made is gone."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from engine.cloud.desk import CloudDesk
from engine.cloud.replica import Replica, read_pull
from engine.library.library import Library
from engine.protocol.errors import MascotError
from engine.protocol.mascot import Mascot
from tests.cloud.people import Someone, Town
from tests.library.making import add_picture, png
from tests.sync_server.running import ServerThread

WHO = st.integers(0, 2)
WORD = st.sampled_from(["red", "green", "blue", "tall"])
CHANCE = st.randoms(use_true_random=False)


class LostAnswer(MascotError):
    """The server took a push, but its answer never came."""


class Crash(Exception):
    """The program has ended."""


class Replicas(RuleBasedStateMachine):
    town: Town
    workspace: str
    people: list[Someone]
    counter = 0

    @initialize()
    def begin(self) -> None:
        self.made: set[str] = set()
        self.said: set[str] = set()
        self.saved: set[str] = set()
        self.tagged: set[tuple[str, str]] = set()
        first = self.people[0]
        self.project = first.library.projects.create("Zoo").id
        first.desk.share_project(self.project, self.workspace)
        for someone in self.people[1:]:
            someone.desk.sync()

    # What people do

    @rule(who=WHO, word=WORD)
    def rename(self, who: int, word: str) -> None:
        self._document(who).set_heading(name=word)

    @rule(who=WHO, word=WORD)
    def save_mascot(self, who: int, word: str) -> None:
        self.saved.add(self._document(who).save_mascot(word, Mascot()))

    @rule(who=WHO, word=WORD, chance=CHANCE)
    def change_mascot(self, who: int, word: str, chance: random.Random) -> None:
        if mascots := self._document(who).mascots():
            self._document(who).change_mascot(chance.choice(mascots).id, name=word)

    @rule(who=WHO, chance=CHANCE)
    def place_joints(self, who: int, chance: random.Random) -> None:
        """Two who have never met make the same child of the document."""
        joint = chance.choice(["neck", "hips"])
        known = self._document(who).joints("the same") or {}
        self._document(who).set_joints("the same", {**known, joint: (chance.random(), 0.5)})

    @rule(who=WHO)
    def undo(self, who: int) -> None:
        self._document(who).undo()

    @rule(who=WHO)
    def redo(self, who: int) -> None:
        self._document(who).redo()

    @rule(who=WHO)
    def make_picture(self, who: int) -> None:
        Replicas.counter += 1
        data = png((Replicas.counter % 256, Replicas.counter // 256 % 256, 77, 255))
        self.made.add(add_picture(self.people[who].library, self.project, data=data).id)

    @rule(who=WHO, word=WORD, chance=CHANCE)
    def note(self, who: int, word: str, chance: random.Random) -> None:
        library = self.people[who].library
        if entries := library.gallery.list(self.project):
            entry = chance.choice(entries).id
            chance.choice(
                [
                    lambda: library.labels.set_rating([entry], chance.randint(0, 5)),
                    lambda: library.labels.change_tags([entry], add=[word]),
                    lambda: library.labels.change_tags([entry], remove=[word]),
                    lambda: library.labels.set_favourite([entry], chance.random() < 0.5),
                    lambda: library.labels.set_name([entry], word),
                ]
            )()

    @rule(who=WHO, chance=CHANCE)
    def tag(self, who: int, chance: random.Random) -> None:
        """A tag that nobody takes away: whoever else tags the same result apart, it stays."""
        library = self.people[who].library
        if entries := library.gallery.list(self.project):
            Replicas.counter += 1
            entry, tag = chance.choice(entries).id, f"tag {Replicas.counter}"
            library.labels.change_tags([entry], add=[tag])
            self.tagged.add((entry, tag))

    @rule(who=WHO, chance=CHANCE)
    def trash_or_restore(self, who: int, chance: random.Random) -> None:
        gallery = self.people[who].library.gallery
        if entries := [*gallery.list(self.project), *gallery.list(self.project, trashed=True)]:
            entry = chance.choice(entries)
            (gallery.restore if entry.trashed else gallery.trash)([entry.id])

    @rule(who=WHO, word=WORD)
    def comment(self, who: int, word: str) -> None:
        self.said.add(self.people[who].desk.comment(self.project, word))

    @rule(who=WHO, word=WORD)
    def change_own_comment(self, who: int, word: str) -> None:
        someone = self.people[who]
        for one in someone.desk.comments(self.project):
            if one.author_id == someone.user_id:
                someone.desk.change_comment(one.id, word)
                return

    # What happens to them

    @rule(who=WHO)
    def sync(self, who: int) -> None:
        self.people[who].desk.sync(self.project, files=False)

    @rule(who=WHO)
    def only_pull(self, who: int) -> None:
        self._replica(who).pull()

    @rule(who=WHO)
    def lose_an_answer(self, who: int) -> None:
        """The push is durable there, and nothing of that is known here."""
        replica = self._replica(who)

        def lost(*_: Any) -> None:
            raise LostAnswer("The answer never came.")

        replica._mark = lost  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]
        with pytest.raises(LostAnswer) if self._has_news(who) else nullcontext():
            replica.push()

    @rule(who=WHO, step=st.integers(0, 7), before=st.booleans())
    def crash_at_a_write(self, who: int, step: int, before: bool) -> None:
        """The program ends before or after one of the writes of a sync, and is started again."""
        library = self.people[who].library
        write, left = library.database.write, [step]

        def dying(work: Callable[[Any], Any]) -> Any:
            left[0] -= 1
            if left[0] < 0 and before:
                raise Crash
            result = write(work)
            if left[0] < 0:
                raise Crash
            return result

        with pytest.MonkeyPatch.context() as patch, suppress(Crash):
            patch.setattr(library.database, "write", dying)
            self.people[who].desk.sync(self.project, files=False)
        self._open(who, library.folder)

    @rule(who=WHO, chance=CHANCE)
    def hear_old_messages_again(self, who: int, chance: random.Random) -> None:
        someone, replica = self.people[who], self._replica(who)
        known = someone.library.shared.get(self.project)
        assert known is not None
        arrived = read_pull(someone.desk.call("GET", f"/projects/{self.project}/log"))
        facts = [fact for fact in arrived.facts if (fact.number or 0) <= known.last_fact]
        updates = [update for update in arrived.updates if update[0] <= known.last_update]
        chance.shuffle(facts)
        chance.shuffle(updates)
        facts, updates = facts * 2, updates[: chance.randint(0, len(updates))] * 2
        if arrived.epoch == known.epoch:
            replica.take(replace(arrived, updates=updates, facts=facts, last_update=0, last_fact=0))

    @rule(who=WHO)
    def close_and_open(self, who: int) -> None:
        """Another session: its undo begins anew, its edits have a new author in the document."""
        self._open(who, self.people[who].library.folder)

    @rule(chance=CHANCE)
    def go_on_in_a_copy_of_the_folder(self, chance: random.Random) -> None:
        """A computer is set up again from a copy of another one's library, which goes on, too."""
        source, target = chance.sample(range(3), 2)
        self.people[target].desk.sync(self.project, files=False)
        library = self.people[source].library
        library.database.write(lambda write: None)
        Replicas.counter += 1
        folder = self.town.folder / f"copy-{Replicas.counter}"
        library.database.compact()
        shutil.copytree(library.folder, folder, ignore=shutil.ignore_patterns("*.lock", "cache", "backups"))
        self._open(target, folder)
        self.people[target].name = self.people[source].name

    def teardown(self) -> None:
        for _ in range(2):
            for someone in self.people:
                [status] = someone.desk.sync(self.project, files=False)
                assert status.state == "synced", status.sentence
        states = [self._state(someone) for someone in self.people]
        assert states[0] == states[1] == states[2]
        first = self.people[0].library
        assert {entry["id"] for entry in states[0]["entries"]} == self.made
        assert {comment["id"] for comment in states[0]["comments"]} == self.said
        assert self.tagged <= {(entry["id"], tag) for entry in states[0]["entries"] for tag in entry["tags"]}
        assert set(first.projects.document(self.project).value().get("mascots", {})) <= self.saved
        for someone in self.people:
            assert someone.library.shared.count_waiting(self.project) == 0

    def _state(self, someone: Someone) -> dict[str, Any]:
        gallery = someone.library.gallery
        entries = [*gallery.list(self.project), *gallery.list(self.project, trashed=True)]
        noted = [
            {"id": one.id, "trashed": one.trashed, "rating": one.rating, "tags": one.tags, "name": one.name,
             "favourite": one.favourite, "prompt": one.prompt} for one in entries
        ]  # fmt: skip
        said = [one.model_dump() for one in someone.desk.comments(self.project)]
        return {
            "document": someone.library.projects.document(self.project).value(),
            "entries": sorted(noted, key=lambda one: str(one["id"])),
            "comments": sorted(said, key=lambda one: str(one["id"])),
        }

    def _document(self, who: int) -> Any:
        return self.people[who].library.projects.document(self.project)

    def _replica(self, who: int) -> Replica:
        return Replica(self.people[who].library, self.people[who].desk.session, self.project)

    def _has_news(self, who: int) -> bool:
        return self.people[who].desk.status_of(self.project).waiting > 0

    def _open(self, who: int, folder: Path) -> None:
        someone = self.people[who]
        someone.close()
        someone.library = Library.open(folder)
        someone.desk = CloudDesk(someone.library)


@pytest.fixture
def machine(town_at: Callable[[ServerThread], Town], server: ServerThread) -> Iterator[type[Replicas]]:
    town = town_at(server)
    people = [town.arrives(name) for name in ("ada", "bob", "eve")]

    class Bound(Replicas):
        pass

    Bound.town, Bound.people, Bound.workspace = town, people, town.team(*people)
    yield Bound


QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}


def test_three_replicas_have_the_same_in_the_end(machine: type[Replicas]) -> None:
    brief = settings(max_examples=5, stateful_step_count=20, phases=[Phase.generate], derandomize=True, **QUIET)
    run_state_machine_as_test(machine, settings=brief)


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_three_replicas_have_the_same_in_the_end_whatever_happens(machine: type[Replicas]) -> None:
    run_state_machine_as_test(machine, settings=settings(max_examples=25, stateful_step_count=40, **QUIET))
