"""Workspaces over the window: one's own at the left, the chosen one's people at the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.account.cloud import StudioCloud
from app.account.form import is_address
from app.models_panel.words import size_words
from app.theme.icons import icon
from app.theme.tokens import ICON_M, SPACE_2, SPACE_3, SPACE_4
from app.widgets.buttons import push_button
from app.widgets.labels import ElidedLabel, label
from app.widgets.notes import NoteLine
from app.widgets.rows import Row, RowList, icon_mark
from app.window.sheet import Sheet
from app.workspaces import calls
from app.workspaces.people import PeopleList, role_choice
from app.workspaces.roles import AS, WORDS, gives, may_manage
from engine.cloud.records import Invitation, Member, Role, WorkspaceInfo

if TYPE_CHECKING:
    from engine.cloud.desk import CloudDesk

T = TypeVar("T")
_WORKSPACE = Qt.ItemDataRole.UserRole
FIRST_STEP = (
    "To work with others, make a workspace: type its name at the lower left and press Create. Then invite people by "
    "mail, and share a project with it (Ctrl+Alt+S)."
)


class WorkspacesSheet(Sheet):
    """What is asked of the server runs beside the window; what went wrong is one line at the foot."""

    def __init__(self, window: QWidget, cloud: StudioCloud) -> None:
        super().__init__(window, "Workspaces", width_px=880, height_px=600)
        self._cloud = cloud
        self._sure: tuple[str, str] | None = None
        self._alone = False
        self._wanted = ""
        self.offers = RowList(fits=True)
        self.offers.hide()
        self.body.addWidget(self.offers)
        columns = QHBoxLayout()
        columns.setSpacing(SPACE_4)
        columns.addLayout(self._left(), 2)
        columns.addLayout(self._right(), 4)
        self.body.addLayout(columns, 1)
        self.note = NoteLine()
        self.body.addWidget(self.note)
        self._show_chosen()
        self.reload()

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(SPACE_2)
        self.list = QListWidget()
        self.list.setObjectName("rows")
        self.list.setIconSize(QSize(ICON_M, ICON_M))
        self.list.setAccessibleName("Workspaces")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(lambda *_: self._another())
        column.addWidget(self.list, 1)
        self.new_name = QLineEdit()
        self.new_name.setPlaceholderText("New workspace")
        self.new_name.setAccessibleName("Name of a new workspace")
        self.new_name.returnPressed.connect(self._create)
        self.new_button = push_button("Create", "", "plus")
        self.new_button.clicked.connect(self._create)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addWidget(self.new_name, 1)
        row.addWidget(self.new_button)
        column.addLayout(row)
        return column

    def _right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(SPACE_3)
        self.name = QLineEdit()
        self.name.setAccessibleName("Name of the workspace")
        self.name.editingFinished.connect(self._rename)
        self.facts = label("", "faint", wrap=True)
        self.people = PeopleList()
        self.people.role_wanted.connect(self._change_role)
        self.people.removal_wanted.connect(self._remove)
        self.people.transfer_wanted.connect(self._transfer)
        self.people.resend_wanted.connect(self._resend)
        self.people.revocation_wanted.connect(self._revoke)
        self.title = ElidedLabel("", "heading")
        self.hint = label(FIRST_STEP, "muted", wrap=True)
        self.hint.hide()
        column.addWidget(self.name)
        column.addWidget(self.title)
        column.addWidget(self.facts)
        column.addWidget(self.hint)
        column.addWidget(self.people, 1)
        column.addWidget(self._inviting())
        foot = QHBoxLayout()
        foot.setSpacing(SPACE_2)
        foot.addStretch(1)
        self.leave = push_button("Leave", "ghost", "log-out")
        self.leave.clicked.connect(self._leave)
        self.delete = push_button("Delete…", "danger", "trash-2")
        self.delete.clicked.connect(self._delete)
        foot.addWidget(self.leave)
        foot.addWidget(self.delete)
        column.addLayout(foot)
        return column

    def _inviting(self) -> QWidget:
        self.inviting = QWidget()
        row = QHBoxLayout(self.inviting)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_2)
        self.email = QLineEdit()
        self.email.setPlaceholderText("Invite by e-mail address")
        self.email.setAccessibleName("E-mail address of whom you invite")
        self.email.returnPressed.connect(self._invite)
        self.role = role_choice([Role.MEMBER, Role.VIEWER], Role.MEMBER)
        self.invite = push_button("Invite", "primary", "send")
        self.invite.clicked.connect(self._invite)
        row.addWidget(self.email, 1)
        row.addWidget(self.role)
        row.addWidget(self.invite)
        return self.inviting

    # what is shown

    @property
    def chosen(self) -> WorkspaceInfo | None:
        item = self.list.currentItem()
        return item.data(_WORKSPACE) if self.list.currentRow() >= 0 else None

    def reload(self) -> None:
        """Ask for the workspaces and for what is offered to oneself."""
        self._load(
            lambda desk: (desk.workspaces(), desk.invitations(), calls.trashed(desk)), lambda found: self._fill(*found)
        )

    def _fill(self, workspaces: list[WorkspaceInfo], offers: list[Invitation], gone: list[WorkspaceInfo]) -> None:
        chosen = self.chosen
        kept = self._wanted or (chosen.id if chosen else "")
        self._wanted = ""
        self.list.blockSignals(True)
        self.list.clear()
        for workspace in workspaces:
            item = QListWidgetItem(icon("user-round" if workspace.personal else "users"), workspace.name, self.list)
            item.setData(_WORKSPACE, workspace)
            item.setToolTip(workspace.name)
            if workspace.id == kept:
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)
        if self.list.currentRow() < 0 and workspaces:
            shared = next((row for row, one in enumerate(workspaces) if not one.personal), 0)
            self.list.blockSignals(True)
            self.list.setCurrentRow(shared)
            self.list.blockSignals(False)
        self._alone = all(workspace.personal for workspace in workspaces)
        self._show_offers(offers, gone)
        self._show_chosen()

    def _show_offers(self, offers: list[Invitation], gone: list[WorkspaceInfo]) -> None:
        self.offers.clear()
        for offer in offers:
            accept, decline = push_button("Join", "primary"), push_button("Decline", "ghost")
            accept.clicked.connect(lambda _checked=False, one=offer: self._accept(one))
            decline.clicked.connect(lambda _checked=False, one=offer: self._decline(one))
            words = f"You are invited, {AS[offer.role]}."
            self.offers.add(Row(icon_mark("mail", "accent"), offer.workspace_name, words, decline, accept))
        for workspace in gone:
            back = push_button("Bring back", "", "archive-restore")
            back.clicked.connect(lambda _checked=False, one=workspace: self._bring_back(one))
            words = "You deleted it. It is kept for 30 days, then it is gone for everyone."
            self.offers.add(Row(icon_mark("trash-2"), workspace.name, words, back))
        self.offers.setVisible(bool(offers or gone))

    def _another(self) -> None:
        self.note.clear_note()
        self._show_chosen()

    def _show_chosen(self) -> None:
        self._calm()
        workspace = self.chosen
        manage = workspace is not None and may_manage(workspace.role) and not workspace.personal
        for shown in (self.name, self.title):
            shown.setText(workspace.name if workspace else "")
        self.name.setVisible(manage)
        self.title.setVisible(not manage)
        self.hint.setVisible(workspace is not None and self._alone)
        self.inviting.setVisible(manage)
        self.leave.setVisible(workspace is not None and not workspace.personal)
        self.delete.setVisible(workspace is not None and workspace.role is Role.OWNER and not workspace.personal)
        self.people.clear()
        if workspace is None:
            self.facts.setText("")
            return
        room = f"{size_words(workspace.used_bytes)} of {size_words(workspace.quota_bytes)} used"
        kind = "Your own: nobody else sees it." if workspace.personal else f"You belong to it {AS[workspace.role]}."
        self.facts.setText(f"{kind}  ·  {room}")
        roles = gives(workspace.role)
        self.role.clear()
        for role in roles:
            self.role.addItem(WORDS[role], role.value)
        self.role.setCurrentIndex(max(0, self.role.findData(Role.MEMBER.value)))
        self._load(lambda desk: self._people_of(desk, workspace), lambda found: self._show_people(workspace, *found))

    @staticmethod
    def _people_of(desk: CloudDesk, workspace: WorkspaceInfo) -> tuple[list[Member], list[Invitation]]:
        invited = may_manage(workspace.role) and not workspace.personal
        return desk.members(workspace.id), calls.open_invitations(desk, workspace.id) if invited else []

    def _show_people(self, workspace: WorkspaceInfo, members: list[Member], invited: list[Invitation]) -> None:
        account, chosen = self._cloud.account, self.chosen
        if account is not None and chosen is not None and chosen.id == workspace.id:
            self.people.show_people(account.user_id, workspace.role, members, invited)

    # deeds

    def _load(self, work: Callable[[CloudDesk], T], done: Callable[[T], object]) -> None:
        """Ask for something to show; what was said last stays."""
        self._cloud.ask(self, work, done, lambda sentence: self.note.show_note(sentence, "error"))

    def _ask(self, work: Callable[[CloudDesk], T], done: Callable[[T], object]) -> None:
        self.note.clear_note()
        self._load(work, done)

    def _do(self, work: Callable[[CloudDesk], object], said: str) -> None:
        def done(_: object) -> None:
            self.reload()
            if said:
                self.note.show_note(said, "success")

        self._ask(work, done)

    def _create(self) -> None:
        name = self.new_name.text().strip()
        if not name:
            self.note.show_note("Give the workspace a name first.", "error")
            return

        def made(workspace: WorkspaceInfo) -> None:
            self.new_name.clear()
            self._wanted = workspace.id
            self.reload()

        self._ask(lambda desk: desk.create_workspace(name), made)

    def _rename(self) -> None:
        workspace, name = self.chosen, self.name.text().strip()
        if workspace is not None and name and name != workspace.name:
            self._do(lambda desk: calls.rename(desk, workspace.id, name), "")

    def _invite(self) -> None:
        workspace, email = self.chosen, self.email.text().strip()
        if workspace is None or not is_address(email):
            self.note.show_note("Type the e-mail address of whom you invite, like mia@example.org.", "error")
            self.email.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        role = Role(str(self.role.currentData()))

        def sent(_: object) -> None:
            self.email.clear()
            self._show_chosen()
            self.note.show_note(f"A mail is on its way to {email}.", "success")

        self._ask(lambda desk: desk.invite(workspace.id, email, role), sent)

    def _on_chosen(self, work: Callable[[CloudDesk, WorkspaceInfo], object], said: str) -> None:
        workspace = self.chosen
        if workspace is not None:
            self._do(lambda desk: work(desk, workspace), said)

    def _change_role(self, member: Member, role: Role) -> None:
        said = f"{member.name or member.email} belongs to it {AS[role]} now."
        self._on_chosen(lambda desk, at: desk.change_role(at.id, member.user_id, role), said)

    def _remove(self, member: Member) -> None:
        name = member.name or member.email
        if self._ask_twice("remove", member.user_id, f"Press again to remove {name}; copies on their machines stay."):
            said = f"{name} doesn't belong to it any more."
            self._on_chosen(lambda desk, at: desk.remove_member(at.id, member.user_id), said)

    def _transfer(self, member: Member) -> None:
        name = member.name or member.email
        if self._ask_twice("transfer", member.user_id, f"Press again to make {name} the owner; you become an admin."):
            said = f"{name} owns the workspace now."
            self._on_chosen(lambda desk, at: calls.transfer(desk, at.id, member.user_id), said)

    def _resend(self, invitation: Invitation) -> None:
        said = f"Another mail is on its way to {invitation.email}."
        self._on_chosen(lambda desk, at: calls.resend(desk, at.id, invitation.id), said)

    def _revoke(self, invitation: Invitation) -> None:
        said = f"The invitation of {invitation.email} is taken back."
        self._on_chosen(lambda desk, at: calls.revoke(desk, at.id, invitation.id), said)

    def _accept(self, offer: Invitation) -> None:
        self._wanted = offer.workspace_id
        self._do(lambda desk: desk.accept(offer.id), f"You belong to “{offer.workspace_name}” now.")

    def _decline(self, offer: Invitation) -> None:
        self._do(lambda desk: desk.decline(offer.id), "")

    def _leave(self) -> None:
        if self._ask_twice("leave", "", "Press again to leave; the copies of its projects in your library stay."):
            self._on_chosen(lambda desk, at: desk.leave(at.id), "You left it. Your copies stay here.")

    def _delete(self) -> None:
        if self._ask_twice("delete", "", "Press again to delete it for everyone; it can come back for 30 days."):
            self._on_chosen(lambda desk, at: calls.delete(desk, at.id), "The workspace is in the server's trash.")

    def _bring_back(self, workspace: WorkspaceInfo) -> None:
        self._wanted = workspace.id
        self._do(lambda desk: calls.restore(desk, workspace.id), f"“{workspace.name}” is back, with all its people.")

    def _ask_twice(self, deed: str, about: str, warning: str) -> bool:
        """Whether this is the second press; the first one says what will happen."""
        if self._sure == (deed, about):
            self._sure = None
            return True
        self._sure = (deed, about)
        self.note.show_note(warning, "warning")
        return False

    def _calm(self) -> None:
        self._sure = None
