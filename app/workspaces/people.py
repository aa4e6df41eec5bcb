"""Who belongs to a workspace: a row each, with the role as a choice where it may be changed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from app.account.moments import day
from app.widgets.avatar import MEDIUM_PX, Avatar
from app.widgets.buttons import IconButton
from app.widgets.labels import label
from app.widgets.rows import Row, RowList, icon_mark
from app.workspaces.roles import AS, MEANING, WORDS, gives, may_touch
from engine.cloud.records import Invitation, Member, Role
from engine.protocol.people import colour_of


def role_choice(roles: list[Role], chosen: Role) -> QComboBox:
    """The roles by name, what each means as its tooltip."""
    box = QComboBox()
    for role in roles:
        box.addItem(WORDS[role], role.value)
        box.setItemData(box.count() - 1, MEANING[role], 3)
    box.setCurrentIndex(max(0, box.findData(chosen.value)))
    box.setAccessibleName("Role")
    box.setFixedWidth(112)
    return box


def _as_wide(mark: QLabel) -> QLabel:
    """An icon in the room of a person's mark."""
    mark.setFixedWidth(MEDIUM_PX)
    mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return mark


class PeopleList(RowList):
    """Signals: `role_wanted(Member, Role)`, `removal_wanted(Member)`, `transfer_wanted(Member)`,
    `resend_wanted(Invitation)`, `revocation_wanted(Invitation)`."""

    role_wanted = Signal(object, object)
    removal_wanted = Signal(object)
    transfer_wanted = Signal(object)
    resend_wanted = Signal(object)
    revocation_wanted = Signal(object)

    def show_people(self, me: str, mine: Role, members: list[Member], invited: list[Invitation]) -> None:
        """`me` is one's own user id, `mine` one's role."""
        self.clear()
        for member in members:
            self.add(self._member(me, mine, member))
        for invitation in invited:
            self.add(self._invitation(invitation))

    def _member(self, me: str, mine: Role, member: Member) -> Row:
        name = member.name or member.email
        title = f"{name}  (you)" if member.user_id == me else name
        tools: list[QWidget] = []
        if member.user_id != me and may_touch(mine, member.role):
            box = role_choice(gives(mine), member.role)
            box.activated.connect(
                lambda _index, chosen=box: self.role_wanted.emit(member, Role(str(chosen.currentData())))
            )
            tools.append(box)
        else:
            tools.append(label(WORDS[member.role], "muted"))
        if member.user_id != me and mine is Role.OWNER:
            crown = IconButton("crown", f"Make {name} the owner")
            crown.clicked.connect(lambda: self.transfer_wanted.emit(member))
            tools.append(crown)
        if member.user_id != me and may_touch(mine, member.role):
            remove = IconButton("user-x", f"Remove {name}")
            remove.clicked.connect(lambda: self.removal_wanted.emit(member))
            tools.append(remove)
        return Row(Avatar(name, colour_of(member.user_id)), title, member.email if member.name else "", *tools)

    def _invitation(self, invitation: Invitation) -> Row:
        again = IconButton("refresh-cw", "Send the mail again")
        again.clicked.connect(lambda: self.resend_wanted.emit(invitation))
        end = IconButton("x", "Take the invitation back")
        end.clicked.connect(lambda: self.revocation_wanted.emit(invitation))
        until = f"until {day(invitation.expires_at)}" if invitation.expires_at else ""
        words = "  ·  ".join(part for part in (f"invited {AS[invitation.role]}", until) if part)
        return Row(_as_wide(icon_mark("mail")), invitation.email, words, again, end)
