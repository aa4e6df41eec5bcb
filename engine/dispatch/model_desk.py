"""Everything that can be done with a library's models, for the studio and the command line alike."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.dispatch.model_cards import ModelCard, model_cards
from engine.dispatch.models import catalogue
from engine.downloads.addresses import Connection, connections
from engine.downloads.downloader import Downloader, Standing
from engine.downloads.net import Net
from engine.downloads.record import Download
from engine.downloads.sources import local_path
from engine.downloads.tokens import keep_token, token_for
from engine.models.annotate import Annotation
from engine.models.copying import Progress
from engine.models.home import away, is_here
from engine.models.install import install
from engine.models.installed import InstalledModel
from engine.models.kinds import ModelKind
from engine.models.moving import MoveModels
from engine.models.names import unknown_model
from engine.models.shared_folders import ScanReport, SharedFolder, SharedFolders
from engine.protocol.errors import BadInput, MascotError, NotFound

if TYPE_CHECKING:
    from engine.library.library import Library

__all__ = ["Connection", "Download", "ModelCard", "ModelDesk", "ScanReport", "SharedFolder", "Standing", "Trashed"]

OFFLINE_SETTING = "offline"
STOP_WAIT_S = 3.0
"""A stalled connection must not keep the window from closing; its thread ends by itself, what came is kept."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trashed:
    kind: ModelKind
    name: str


class ModelDesk:
    """The models of an open library. `changed()` is called from any thread when a download moved on."""

    def __init__(self, library: Library, changed: Callable[[], object] = lambda: None) -> None:
        self._library = library
        self.models = catalogue(library)
        self.shared = SharedFolders(self.models)
        self.downloads = Downloader(self.models, Net(lambda: self.offline, token_for), changed)
        self._wake = threading.Event()
        self._end = threading.Event()
        self._worker: threading.Thread | None = None

    # the offline switch

    @property
    def offline(self) -> bool:
        # A worker that outlives `stop` by a moment (a stalled server) must not ask a closed library.
        return self._end.is_set() or bool(self._library.settings.get(OFFLINE_SETTING, False))

    def set_offline(self, offline: bool) -> None:
        """While it is on, nothing connects; running downloads stop and keep what came."""
        self._library.settings.set(OFFLINE_SETTING, offline)

    @staticmethod
    def connections() -> tuple[Connection, ...]:
        """All that could connect, where, and when."""
        return connections()

    @staticmethod
    def keep_token(host: str, token: str | None) -> None:
        """Keep a host's token in the system's keyring, or forget it with None. Raises BadInput without a keyring."""
        keep_token(host, token)

    @staticmethod
    def has_token(host: str) -> bool:
        return token_for(host) is not None

    # what is there

    def cards(self) -> list[ModelCard]:
        return model_cards(self._library)

    def trouble(self) -> str:
        """A sentence when the models folder, or a shared one, is not there now; "" when all is well."""
        if not is_here(self.models.library_folder):
            return away(self.models.library_folder).sentence
        gone = [str(folder.path) for folder in self.shared.list() if not folder.here]
        if gone:
            return f"The shared folder {', '.join(gone)} is away; its models come back when its disk is plugged in."
        return ""

    def find(self, name: str, kind: ModelKind | None = None) -> ModelCard:
        """The card of a model by name, or by "kind:name". Raises UnknownModel, BadInput when several have that name."""
        prefix, _, rest = name.partition(":")
        if rest and prefix in {kind.value for kind in ModelKind}:
            kind, name = ModelKind(prefix), rest
        cards = [card for card in self.cards() if kind is None or card.kind is kind]
        found = [card for card in cards if card.name.casefold() == name.casefold()]
        if len(found) > 1:
            ids = ", ".join(card.id for card in found)
            raise BadInput(f"Several models are called “{name}”; name one as {ids}.")
        if found:
            return found[0]
        if trouble := self.trouble():
            raise NotFound(trouble)
        raise unknown_model(name, [card.name for card in cards], kind.noun if kind else "model")

    def duplicates(self) -> list[list[ModelCard]]:
        """Models with equal content, in groups of two and more."""
        groups: dict[str, list[ModelCard]] = {}
        for card in self.cards():
            groups.setdefault(card.hash, []).append(card)
        return [group for group in groups.values() if len(group) > 1]

    # coming and going

    def install(
        self, source: str, name: str | None = None, sha256: str = "", progress: Progress | None = None
    ) -> ModelCard | Download:
        """Install a file or folder now, or put a hub id or address into the queue. Connects only for the latter."""
        path = local_path(source)
        if path is None:
            download = self.downloads.add(source, name, sha256)
            self._wake.set()
            return download
        if sha256:
            raise BadInput("--sha256 is for downloads; a file that is here is checked by its own table of tensors.")
        made = install(self.models, path, name, progress)
        kind = ModelKind.CHECKPOINT if isinstance(made, InstalledModel) else made.kind
        return self.find(made.name, kind)

    def remove(self, card: ModelCard) -> None:
        """To the trash; of one used in place only our notes."""
        if card.kind is ModelKind.CHECKPOINT:
            self.models.remove(card.name)
        else:
            self.models.add_ons.remove(card.kind, card.name)

    def trashed(self) -> list[Trashed]:
        """The latest first within each group: checkpoints, then the other kinds."""
        checkpoints = [Trashed(ModelKind.CHECKPOINT, name) for name in self.models.trashed()]
        return checkpoints + [Trashed(kind, name) for kind, name in self.models.add_ons.trashed()]

    def restore(self, name: str, kind: ModelKind | None = None) -> Trashed:
        """Bring the latest removed model of that name back. Raises NotFound, BadInput."""
        for one in self.trashed():
            if one.name.casefold() == name.casefold() and kind in (None, one.kind):
                if one.kind is ModelKind.CHECKPOINT:
                    self.models.restore(one.name)
                else:
                    self.models.add_ons.restore(one.kind, one.name)
                return one
        there = ", ".join(one.name for one in self.trashed()[:8])
        raise NotFound(f"No model “{name[:60]}” is in the trash; {f'it holds {there}.' if there else 'it is empty.'}")

    def empty_trash(self) -> int:
        """Delete what is in the trash for good; the bytes that became free. Raises LibraryReadOnly."""
        return self.models.empty_trash()

    def annotate(self, card: ModelCard, note: Annotation) -> None:
        """Change the trigger words, description and picture of an add-on. Raises BadInput, BadPicture, UnknownModel."""
        if card.kind is ModelKind.CHECKPOINT:
            raise BadInput(f"“{card.name}” is a checkpoint; only what changes a checkpoint has trigger words.")
        self.models.add_ons.annotate(card.kind, card.name, note)

    def mover(self) -> MoveModels:
        if any(standing.elsewhere or standing.download.state == "running" for standing in self.downloads.standings()):
            raise BadInput("A download is running; pause it before the models are moved.")
        return MoveModels(self.models.library_folder)

    # the worker

    def start(self) -> None:
        """Work on downloads in a thread of its own until `stop`. What waited when an earlier program ended is paused:
        it goes on when the user says so, since nothing connects by itself."""
        if self._worker is None:
            self.downloads.hold_waiting()
            self._worker = threading.Thread(target=self._work, name="model-downloads", daemon=True)
            self._worker.start()

    def wake(self) -> None:
        """Something waits for its turn."""
        self._wake.set()

    def stop(self) -> None:
        """What runs is stopped and keeps what came."""
        self._end.set()
        self._wake.set()
        for standing in self.downloads.standings():
            if standing.download.state == "running" and not standing.elsewhere:
                self.downloads.pause(standing.download.id)
        if self._worker is not None:
            self._worker.join(timeout=STOP_WAIT_S)
            self._worker = None

    def _work(self) -> None:
        while not self._end.is_set():
            self._wake.clear()
            waiting = self.downloads.next_waiting()
            if waiting is None:
                self._wake.wait(timeout=5)
                continue
            try:
                self.downloads.run(waiting.id)
            except MascotError as error:
                log.info("download %s: %s", waiting.title, error.sentence)
