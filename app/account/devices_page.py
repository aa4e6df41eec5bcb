"""Where one is signed in; each can be signed out from here."""

from __future__ import annotations

from app.account import calls
from app.account.calls import Device
from app.account.cloud import StudioCloud
from app.account.moments import ago
from app.account.page import Page
from app.widgets.buttons import push_button
from app.widgets.labels import label
from app.widgets.rows import Row, RowList, icon_mark


class DevicesPage(Page):
    def __init__(self, cloud: StudioCloud) -> None:
        super().__init__(cloud)
        self.column.addWidget(label("You are signed in on these devices.", "muted"))
        self.column.addWidget(self.note)
        self.list = RowList()
        self.column.addWidget(self.list, 1)

    def load(self) -> None:
        self.ask(calls.devices, self._show)

    def _show(self, devices: list[Device]) -> None:
        self.list.clear()
        for device in devices:
            if device.is_this:
                tool = label("This one", "success")
            else:
                tool = push_button("Sign out", "ghost")
                tool.clicked.connect(lambda _checked=False, gone=device: self._end(gone))
            seen = f"seen {ago(device.seen_at)}" if device.seen_at else ""
            words = "  ·  ".join(part for part in (device.address, seen) if part)
            self.list.add(Row(icon_mark("monitor"), device.name or "A device without a name", words, tool))

    def _end(self, device: Device) -> None:
        def done(_: object) -> None:
            self.say(f"{device.name or 'The device'} is signed out.")
            self.cloud.ask(self, calls.devices, self._show)

        self.ask(lambda desk: calls.end_device(desk, device.id), done)
