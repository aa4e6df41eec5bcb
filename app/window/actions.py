"""All actions of the studio: id, words, what they do, their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QAction, QDesktopServices

from app.canvas.describe import entry_title
from app.canvas.image_view import STEP
from app.sharing.actions import add_sharing
from app.window.menus import fill_menus
from engine.protocol.jobs import OPEN_STATES, JobState
from engine.protocol.recipes import DrawingRecipe, PictureRecipe

if TYPE_CHECKING:
    from app.studio import Studio
    from engine.library.gallery import Entry

VARIATION = 0.25
"""How far a small variation is turned towards another seed."""


def add_actions(studio: Studio) -> None:
    """Make the actions, the menus and the top bar's buttons."""
    _app(studio)
    _edit(studio)
    _create(studio)
    _picture(studio)
    _gallery(studio)
    _queue(studio)
    _view(studio)
    add_sharing(studio)
    window = studio.window
    fill_menus(window.top_bar.menus, window.registry, {})
    for action_id in ("edit.undo", "edit.redo"):
        window.top_bar.add_button(window.registry[action_id])
    window.top_bar.add_palette(window.registry["help.palette"])
    window.top_bar.add_button(window.registry["app.settings"])
    names = (
        "picture.favourite",
        "picture.use_recipe",
        "picture.make_again",
        "picture.copy",
        "picture.save",
        "picture.trash",
    )
    studio.picture.bar.add_actions([window.registry[name] for name in names])
    several = ("picture.compare", "picture.favourite", "picture.tags", "picture.save", "picture.trash")
    studio.gallery.selection.add_actions([window.registry[name] for name in several])
    studio.gallery.view.selected.connect(lambda _entries: window.refresh_enabled())
    studio.queue.list.selectionModel().selectionChanged.connect(lambda *_: window.refresh_enabled())
    studio.queue.model.loaded.connect(window.refresh_enabled)
    for signal in (studio.session.opened, studio.session.closed):
        signal.connect(window.refresh_enabled)
    studio.generator.progressed.connect(lambda _working: window.refresh_enabled())


def _app(studio: Studio) -> None:
    add, window, session = studio.window.registry.add, studio.window, studio.session

    def is_open() -> bool:
        return session.library is not None

    def show_log() -> None:
        if session.library is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(session.library.folder / "logs")))

    add("help.palette", "Find an action…", studio.open_palette, "Ctrl+K", "search")
    add("project.new", "New project…", studio.new_project, "Ctrl+Shift+N", "plus", when=is_open)
    add("project.manage", "Manage projects…", studio.manage_projects, "Ctrl+Shift+P", "folder", when=is_open)
    add("app.import", "Import pictures…", studio.choose_import, "Ctrl+I", "file-down", when=is_open)
    add("app.library", "Open another library…", studio.choose_library, "", "hard-drive")
    add("app.models", "Models…", studio.open_models, "Ctrl+M", "package", when=is_open)
    add("app.settings", "Settings…", lambda: studio.open_settings("library"), "Ctrl+,", "settings", when=is_open)
    add("app.log", "Show the logs", show_log, "", "folder-open", when=is_open)
    add("app.quit", "Quit", window.close, "Ctrl+Q", "log-out")
    add("help.keys", "Keys", studio.open_keys, "F1 ?", "keyboard")
    add("help.about", "About MascotForge", studio.about, "", "info")


def _edit(studio: Studio) -> None:
    stack, registry = studio.session.undo_stack, studio.window.registry
    undo = registry.add("edit.undo", "Undo", studio.undo, "Ctrl+Z", "undo-2", when=studio.can_undo)
    redo = registry.add("edit.redo", "Redo", studio.redo, "Ctrl+Shift+Z Ctrl+Y", "redo-2", when=studio.can_redo)

    def name(action: QAction, verb: str, text: str) -> None:
        action.setText(f"{verb} {text}" if text else verb)

    stack.undoTextChanged.connect(lambda text: name(undo, "Undo", text))
    stack.redoTextChanged.connect(lambda text: name(redo, "Redo", text))
    stack.indexChanged.connect(lambda _index: registry.refresh())


def _create(studio: Studio) -> None:
    add, model = studio.window.registry.add, studio.create_model

    def is_open() -> bool:
        return studio.session.library is not None

    def to_prompt() -> None:
        studio.session.show_tab("describe")
        studio.create.focus_prompt()

    add("create.generate", "Generate", studio.generator.generate, "Ctrl+Return Ctrl+Enter", "sparkles", when=is_open)
    add(
        "create.cancel", "Cancel what is being made", studio.generator.cancel, "Ctrl+.", "circle-x",
        when=lambda: studio.generator.working is not None,
    )  # fmt: skip
    add("create.prompt", "Write a prompt", to_prompt, "Ctrl+L", "type")
    add("create.grid", "X/Y grid…", studio.make_grid, "Ctrl+G", "grid-3x3", when=is_open)
    add("create.lora", "Add a LoRA…", studio.choose_lora, "", "puzzle", when=is_open)
    add("create.style", "Keep as a style…", studio.keep_style, "", "palette", when=is_open)
    add("create.last_seed", "The last picture's seed again", model.use_last_seed, "", "history")
    add("create.new_seed", "Another seed", model.new_seed, "Ctrl+Shift+R", "dices")
    add("create.lock_seed", "Keep or free the seed", studio.create.seed.lock.toggle, "", "lock")
    add("builder.open", "Build by hand", lambda: studio.session.show_tab("build"), "Ctrl+B", "hammer")
    add("characters.open", "Characters", lambda: studio.session.show_tab("characters"), "Ctrl+Shift+B", "user-round")


def _picture(studio: Studio) -> None:
    add, deeds, gallery = studio.window.registry.add, studio.deeds, studio.gallery

    def chosen() -> list[Entry]:
        return gallery.selected_entries()

    def one() -> bool:
        return len(gallery.selected_ids()) == 1

    def two() -> bool:
        return len(gallery.selected_ids()) == 2

    def some() -> bool:
        return bool(gallery.selected_ids()) and not gallery.model.filter.trashed

    def in_trash() -> bool:
        return bool(gallery.selected_ids()) and gallery.model.filter.trashed

    def has_recipe() -> bool:
        return one() and bool(chosen()) and chosen()[0].recipe is not None

    def has_prompt() -> bool:
        return one() and bool(chosen()) and isinstance(chosen()[0].recipe, PictureRecipe)

    def is_drawing() -> bool:
        return one() and bool(chosen()) and isinstance(chosen()[0].recipe, DrawingRecipe)

    add("picture.logo", "Make a logo", lambda: studio.session.show_tab("logo"), "Ctrl+Shift+G", "shapes", when=one)
    add("picture.enlarge_2", "Enlarge ×2", lambda: studio.enlarge_selected(2), "", "expand", when=some)
    add("picture.enlarge_4", "Enlarge ×4", lambda: studio.enlarge_selected(4), "Ctrl+Shift+E", "expand", when=some)
    add("picture.paint", "Paint on it", studio.paint_selected, "Ctrl+E", "brush", when=one)
    add("picture.animate", "Animate", lambda: studio.session.show_tab("animate"), "Ctrl+Shift+A", "play", when=one)
    again = ("picture.make_again", "Make it again", lambda: deeds.make_again(chosen()[0]))
    add(*again, "Ctrl+R", "refresh-cw", when=has_recipe)
    add(
        "picture.use_recipe",
        "Use this recipe",
        lambda: deeds.use_recipe(chosen()[0]),
        "Ctrl+U",
        "wand-sparkles",
        when=has_recipe,
    )
    add(
        "picture.open_in_builder",
        "Open in the builder",
        lambda: deeds.use_recipe(chosen()[0]),
        "",
        "hammer",
        when=is_drawing,
    )
    add("picture.more", "Four more, new seeds", lambda: deeds.more_like(chosen()[0], 4), "Ctrl+Alt+R", "copy-plus",
        when=has_prompt)  # fmt: skip
    add("picture.vary", "Four small variations", lambda: deeds.more_like(chosen()[0], 4, vary=VARIATION),
        "Ctrl+Alt+V", "shuffle", when=has_prompt)  # fmt: skip
    add("picture.similar", "Find similar pictures", lambda: gallery.find_like(chosen()[0], entry_title(chosen()[0])),
        "Ctrl+Shift+F", "scan-search", when=lambda: one() and some())  # fmt: skip
    add("picture.compare", "Compare", studio.compare_selected, "Ctrl+Shift+D", "columns-2", when=two)
    add("picture.details", "Name, note and recipe…", studio.show_details, "F2", "notebook-pen", when=one)
    for stars in range(6):
        name = f"Rate {stars} stars" if stars != 1 else "Rate 1 star"
        add(f"picture.rate_{stars}", name if stars else "No stars", lambda n=stars: deeds.rate(chosen(), n),
            f"Alt+{stars}", "star", when=some)  # fmt: skip
    add("picture.favourite", "Favourite", lambda: deeds.favourite(chosen()), "F", "heart", when=some)
    add("picture.tags", "Edit tags…", studio.edit_tags, "T", "tag", when=some)
    add("picture.copy", "Copy picture", lambda: deeds.copy(chosen()[0]), "Ctrl+Shift+C", "clipboard-copy", when=one)
    add(
        "picture.copy_prompt",
        "Copy prompt",
        lambda: deeds.copy_prompt(chosen()[0]),
        "",
        "copy",
        when=lambda: one() and bool(chosen()) and bool(chosen()[0].prompt),
    )
    add("picture.save", "Save to a folder…", studio.save_selected, "Ctrl+S", "download", when=some)
    add("picture.save_plain", "Save without metadata…", lambda: studio.save_selected(with_recipe=False), "",
        "file-down", when=some)  # fmt: skip
    add(
        "picture.reveal",
        "Show what was saved",
        deeds.reveal,
        "",
        "folder-open",
        when=lambda: deeds.last_saved is not None,
    )
    add(
        "picture.thumbnail",
        "Let it stand for the project",
        lambda: deeds.use_as_thumbnail(chosen()[0]),
        "",
        "image",
        when=lambda: one() and some(),
    )
    add("picture.trash", "Move to the trash", lambda: deeds.trash(chosen()), "Del", "trash-2", when=some)
    add(
        "picture.restore",
        "Restore from the trash",
        lambda: deeds.restore(chosen()),
        "",
        "archive-restore",
        when=in_trash,
    )
    add("picture.erase", "Erase for good…", gallery.ask_erase, "", "x", when=in_trash)


def _gallery(studio: Studio) -> None:
    add, gallery = studio.window.registry.add, studio.gallery

    def step(by: int) -> None:
        row = gallery.view.currentIndex().row() + by
        if 0 <= row < gallery.model.rowCount():
            gallery.view.select_row(row)

    def toggle_scope() -> None:
        gallery.set_scope("project" if gallery.scope.key == "all" else "all")

    def search() -> None:
        studio.window.gallery_dock.show()
        gallery.focus_search()

    add("gallery.search", "Search the gallery", search, "Ctrl+F", "search")
    add("gallery.like_file", "Search by picture…", studio.choose_likeness, "Ctrl+Alt+F", "scan-search")
    add("gallery.narrow", "Narrow the gallery", gallery.narrow.toggle, "", "list-filter")
    add("gallery.select_all", "Select all pictures", gallery.view.selectAll, "Ctrl+A", "images")
    add("gallery.next", "Next picture", lambda: step(1), "Alt+Right", "arrow-right")
    add("gallery.previous", "Previous picture", lambda: step(-1), "Alt+Left", "arrow-left")
    add("gallery.all", "Show this project or all", toggle_scope, "Ctrl+Shift+L", "layers")
    add(
        "gallery.trash",
        "Show the trash",
        lambda: gallery.show_trash(not gallery.trash.isChecked()),
        "Ctrl+Shift+T",
        "trash-2",
    )


def _queue(studio: Studio) -> None:
    add, queue = studio.window.registry.add, studio.queue

    def has(*states: JobState) -> bool:
        return any(job.state in states for job in queue.selected_jobs())

    waiting = (JobState.PENDING, JobState.QUEUED)
    add("queue.pause", "Pause or resume the queue", queue.toggle_pause, "Ctrl+Shift+Space", "pause")
    add("queue.clear", "Clear finished jobs", queue.clear_finished, "", "list-x")
    add(
        "queue.cancel",
        "Cancel the selected jobs",
        queue.cancel_selected,
        "",
        "circle-x",
        when=lambda: has(*OPEN_STATES),
    )
    add(
        "queue.retry", "Retry the selected jobs", queue.retry_selected, "", "rotate-ccw",
        when=lambda: has(JobState.FAILED, JobState.CANCELLED),
    )  # fmt: skip
    add(
        "queue.earlier",
        "Earlier in the queue",
        lambda: queue.move_selected(-1),
        "Ctrl+Up",
        "arrow-up",
        when=lambda: has(*waiting),
    )
    add(
        "queue.later",
        "Later in the queue",
        lambda: queue.move_selected(1),
        "Ctrl+Down",
        "arrow-down",
        when=lambda: has(*waiting),
    )


def _view(studio: Studio) -> None:
    add, window, view, bar = studio.window.registry.add, studio.window, studio.front_view, studio.picture.bar

    def full_screen() -> None:
        if window.isFullScreen():
            window.showNormal()
        else:
            window.showFullScreen()

    add("view.picture", "Picture tab", lambda: studio.session.show_tab("picture"), "Ctrl+1", "image")
    add("view.animate", "Animate tab", lambda: studio.session.show_tab("animate"), "Ctrl+2", "play")
    add("view.paint", "Paint tab", lambda: studio.session.show_tab("paint"), "Ctrl+3", "brush")
    add("view.logo", "Logo tab", lambda: studio.session.show_tab("logo"), "Ctrl+4", "shapes")
    add("view.zoom_in", "Zoom in", lambda: view().zoom_by(STEP), "Ctrl++ Ctrl+=", "zoom-in")
    add("view.zoom_out", "Zoom out", lambda: view().zoom_by(1 / STEP), "Ctrl+-", "zoom-out")
    add("view.fit", "Fit the picture", lambda: view().fit(), "Ctrl+0", "maximize")
    add("view.actual", "Actual size", lambda: view().actual_size(), "Ctrl+Alt+0", "scan")
    add("view.checker", "Checkerboard", bar.checker.toggle, "", "grid-2x2")
    add("view.sharp", "Sharp pixels", bar.sharp.toggle, "", "scan")
    for dock, name in ((window.create_dock, "create"), (window.gallery_dock, "gallery"), (window.queue_dock, "queue")):
        action = window.registry.adopt(f"view.{name}", dock.toggleViewAction())
        action.setText(f"{dock.windowTitle()} panel")
    add("view.reset", "Reset the layout", window.reset_layout, "", "layout-panel-left")
    add("view.full_screen", "Full screen", full_screen, "F11", "maximize")
