"""The studio put together: a session, its window, the panels, and who listens to whom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from app.canvas.picture_tab import PictureTab
from app.characters_panel.shelf import CharacterShelf
from app.characters_panel.trainable import trainable
from app.create_panel.compose import guide_of
from app.create_panel.generator import Generator
from app.create_panel.grid_desk import GridDesk
from app.create_panel.memory import PanelMemory
from app.create_panel.panel import CreatePanel
from app.create_panel.state import CreateModel, CreateState
from app.create_panel.supplies import Supplies
from app.gallery.deeds import Deeds
from app.gallery.menu import entry_menu
from app.gallery.model import PICTURES
from app.gallery.panel import GalleryPanel
from app.gallery.tags_sheet import TagsSheet
from app.history.frames import is_animation
from app.history.looking import Looking
from app.models_panel.desk import StudioModels
from app.models_panel.store import ModelStore
from app.painting.guidance import Guide
from app.projects.deeds import ProjectDeeds
from app.projects.sheet import ProjectsSheet
from app.projects.switcher import ProjectSwitcher
from app.queue_panel.panel import QueuePanel
from app.session import StudioSession
from app.settings.about_sheet import AboutSheet
from app.settings.sheet import SettingsSheet
from app.sharing.together import Together
from app.undo import Edit
from app.window.actions import add_actions
from app.window.command_palette import CommandPalette
from app.window.drop import DropDesk
from app.window.main_window import MainWindow
from app.window.sheet import Sheet
from app.window.shortcuts_sheet import ShortcutsSheet
from engine.protocol.events import ArtifactMade, Done
from engine.protocol.recipes import AnimationRecipe, AnyRecipe, DrawingRecipe, LogoRecipe, PictureRecipe

if TYPE_CHECKING:
    from app.builder_panel.panel import BuilderPanel
    from app.canvas.image_view import ImageView
    from app.canvas.paint_tab import PaintTab
    from app.canvas.paint_view import PaintView
    from app.characters_panel.panel import CharactersPanel
    from app.logo_panel.panel import LogoPanel
    from app.stage.panel import StagePanel
    from engine.library.gallery import Entry


class Studio(QObject):
    """Made after the window's first paint. Builder and stage come when their tabs are first shown.

    Emits `folder_wanted(Path)` when the user chose another library.
    """

    folder_wanted = Signal(object)

    def __init__(self, session: StudioSession, window: MainWindow) -> None:
        super().__init__(window)
        self.session, self.window = session, window
        self.models = ModelStore(session, self)
        self.model_desk = StudioModels(session, self.models)
        self.create_model = CreateModel(self, lambda: session.guidance.guide)
        self.generator = Generator(session, self.create_model)
        self.deeds = Deeds(session)
        self.project_deeds = ProjectDeeds(session)
        self.drops = DropDesk(session)
        self.create = CreatePanel(session, self.create_model, self.generator)
        self.supplies = Supplies(session, self.models, self.create_model, self.create)
        self.panel_memory = PanelMemory(session, self.create_model)
        self.grids = GridDesk(session, self.generator)
        self.looking = Looking(session)
        self.gallery = GalleryPanel(session, self.deeds)
        self.queue = QueuePanel(session)
        self.picture = PictureTab(session)
        self.characters = CharacterShelf(session)
        self.characters.learnt.connect(self.models.refresh)
        self.characters_panel: CharactersPanel | None = None
        self.stage: StagePanel | None = None
        self.logo: LogoPanel | None = None
        self.builder: BuilderPanel | None = None
        self.paint: PaintTab | None = None
        self.sheet: Sheet | None = None
        self._eager = True
        window.create_tabs.fill("describe", self.create)
        window.workspace.tabs.fill("picture", self.picture)
        _fill(window.gallery_place, self.gallery)
        _fill(window.queue_place, self.queue)
        self.switcher = ProjectSwitcher(session)
        self.switcher.create_wanted.connect(self.new_project)
        self.switcher.manage_wanted.connect(self.manage_projects)
        window.top_bar.set_project_button(self.switcher)
        self.together = Together(self)
        add_actions(self)
        self._connect()

    def _connect(self) -> None:
        session, window = self.session, self.window
        session.opened.connect(self._opened)
        session.job_event.connect(self._event)
        session.entry_changed.connect(self._entry_changed)
        self.gallery.menu_wanted.connect(
            lambda at: entry_menu(window.registry, self.gallery.model.filter.trashed, window).popup(at)
        )
        self.gallery.opened.connect(self._open_entry)
        self.queue.result_wanted.connect(self._show_job)
        self.deeds.recipe_wanted.connect(self.use_recipe)
        self.deeds.saved.connect(lambda folder: session.remember("save_folder", str(folder)))
        self.drops.recipe_found.connect(lambda recipe, path: self.use_recipe(recipe, path.name))
        self.drops.imported.connect(self._show_imported)
        window.workspace.tabs.changed.connect(self._tab_changed)
        window.create_tabs.changed.connect(self._tab_changed)
        window.dropped.connect(self.drops.take)
        window.problem_page.retry.connect(lambda: self.folder_wanted.emit(window.problem_page.folder))
        window.problem_page.choose.connect(self.choose_library)
        window.problem_page.backups.connect(lambda folder: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))))
        self.picture.empty.prompt_picked.connect(self._try_example)
        self.gallery.model.loaded.connect(self._tell_first)
        self.picture.empty.build_wanted.connect(lambda: session.show_tab("build"))
        self.picture.view.drag_wanted.connect(lambda: self.gallery.view.startDrag(Qt.DropAction.CopyAction))
        session.submitted.connect(lambda _job: self._set_eager(True))
        self.gallery.picked.connect(lambda: self._set_eager(False))
        session.prompts_changed.connect(self._load_history)
        self.create.loras_wanted.connect(self.choose_lora)
        self.create.style_save_wanted.connect(self.keep_style)
        self.create.grid_wanted.connect(self.make_grid)
        self.create.styles.remove_wanted.connect(self.remove_style)

    def need_builder(self) -> BuilderPanel:
        """The builder, made at its first use: its choices are drawings that cost a second to make."""
        if self.builder is None:
            from app.builder_panel.panel import BuilderPanel

            self.builder = BuilderPanel(self.session)
            self.builder.prompt_requested.connect(self._use_prompt)
            self.window.create_tabs.fill("build", self.builder)
            self._finish_menus()
        return self.builder

    def need_characters(self) -> CharactersPanel:
        """The characters, made at their first use."""
        if self.characters_panel is None:
            from app.characters_panel.panel import CharactersPanel

            panel = CharactersPanel(
                self.session, self.characters, self.gallery.model.thumbnails, self.gallery.selected_entries
            )
            panel.use_wanted.connect(self._use_character)
            panel.shown.connect(self._show_comparison)
            self.characters_panel = panel
            self.window.create_tabs.fill("characters", panel)
            self._show_trainable()
            self.models.changed.connect(self._show_trainable)
        return self.characters_panel

    def _show_trainable(self) -> None:
        """SDXL checkpoints are what a LoRA can be trained on."""
        if self.characters_panel is not None:
            self.characters_panel.set_models(trainable(self.models))

    def _use_character(self, character_id: str) -> None:
        self.create_model.set(character=character_id)
        self.session.show_tab("describe")
        self.create.focus_prompt()

    def _show_comparison(self, entry: Entry) -> None:
        self.session.select(entry)
        self.session.show_tab("picture")

    def _tab_changed(self, key: str) -> None:
        if key == "build":
            self.need_builder()
        if key == "characters":
            self.need_characters()
        if key == "paint":
            self.need_paint()
        if key == "logo":
            self.need_logo()
        self.window.refresh_enabled()
        if key != "animate" or self.stage is not None:
            return
        from app.stage.panel import StagePanel

        self.stage = StagePanel(self.session)
        self.window.workspace.tabs.fill("animate", self.stage)
        self._finish_menus()

    def _finish_menus(self) -> None:
        self.window.finish_menus(
            self.stage.actions() if self.stage is not None else (),
            self.builder.actions() if self.builder is not None else (),
            self.paint.actions() if self.paint is not None else (),
        )

    def need_logo(self) -> LogoPanel:
        """The logo panel, made at its first use."""
        if self.logo is None:
            from app.logo_panel.panel import LogoPanel

            self.logo = LogoPanel(self.session)
            self.window.workspace.tabs.fill("logo", self.logo)
        return self.logo

    def enlarge_selected(self, scale: Literal[2, 4]) -> None:
        """Queue the selected pictures to be made larger."""
        self.deeds.enlarge(self.gallery.selected_entries(), scale)

    def need_paint(self) -> PaintTab:
        """The canvas, made at its first use."""
        if self.paint is None:
            from app.canvas.paint_actions import paint_actions
            from app.canvas.paint_tab import PaintTab

            self.paint = PaintTab(self.session, self._recipes_for_canvas)
            paint_actions(self.paint)
            self.paint.stepped.connect(self.window.refresh_enabled)
            self.window.workspace.tabs.fill("paint", self.paint)
            self._finish_menus()
            self.paint.bench.open_last()
        return self.paint

    def paint_selected(self) -> None:
        """Bring the gallery's selected picture onto the canvas."""
        self.session.show_tab("paint")
        self.need_paint().edit_selected()

    def _recipes_for_canvas(self) -> list[PictureRecipe]:
        """What the Create panel describes; nothing, and the fault shown there, when it can't be used."""
        problems = self.create_model.problems()
        self.generator.refused.emit(problems)
        if problems:
            self.session.show_tab("describe")
            return []
        recipes = self.create_model.recipes()
        if not self.create_model.state.seed_locked:
            self.create_model.new_seed()
        return recipes

    # undo belongs to what is in front

    @property
    def _painting(self) -> PaintTab | None:
        paint = self.paint
        return paint if paint is not None and paint.is_open and self.window.workspace.tabs.key == "paint" else None

    def undo(self) -> None:
        (self._painting or self.session.undo_stack).undo()

    def redo(self) -> None:
        (self._painting or self.session.undo_stack).redo()

    def can_undo(self) -> bool:
        painting = self._painting
        return painting.history.can_undo if painting else self.session.undo_stack.canUndo()

    def can_redo(self) -> bool:
        painting = self._painting
        return painting.history.can_redo if painting else self.session.undo_stack.canRedo()

    def front_view(self) -> ImageView | PaintView:
        """The view that the zoom's keys mean."""
        painting = self._painting
        return painting.view if painting else self.picture.view

    def close(self) -> None:
        """Before the session closes: the stage stops its clock."""
        if self.sheet is not None:
            self.sheet.dismiss()
        self.together.close()
        if self.stage is not None:
            self.stage.close_stage()
        if self.logo is not None:
            self.logo.close_panel()

    # recipes

    def use_recipe(self, recipe: AnyRecipe, source: str = "") -> None:
        """Fill the Create panel or the builder with a recipe; it can be undone."""
        if isinstance(recipe, LogoRecipe):
            self.need_logo().show_recipe(recipe)
            self.session.show_tab("logo")
            return
        inner = recipe.source if isinstance(recipe, AnimationRecipe) else recipe
        if isinstance(inner, DrawingRecipe):
            self.need_builder().set_mascot(inner.mascot)
            self.session.show_tab("build")
        elif isinstance(inner, PictureRecipe):
            before, after = self.create_model.state, self.create_model.from_recipe(inner)
            steered, steers = self.session.guidance.guide, guide_of(inner)

            def put(state: CreateState, guide: Guide) -> None:
                self.create_model.set_state(state)
                self.session.guidance.set_guide(guide)

            self.session.undo_stack.push(
                Edit("use recipe", lambda: put(after, steers), lambda: put(before, steered), self.session.report)
            )
            self.session.show_tab("describe")
        else:
            self.session.say("This recipe animates a file, so there is nothing to fill in.", "warning")
            return
        self.session.say(
            f"The recipe of {source} is in the panel." if source else "The recipe is in the panel.", "success"
        )

    def choose_lora(self) -> None:
        from app.create_panel.lora_sheet import LoraSheet

        self.open_sheet(LoraSheet(self.window, self.models, self.create_model, self.create))

    def make_grid(self) -> None:
        from app.create_panel.grid_sheet import GridSheet

        sheet = GridSheet(self.window, self.create_model)
        sheet.started.connect(self.grids.start)
        self.open_sheet(sheet)

    def keep_style(self) -> None:
        from app.create_panel.style_sheet import StyleSheet

        self.open_sheet(
            StyleSheet(
                self.window, self.session, self.create_model, lambda style: self.supplies.load_styles(then=style)
            )
        )

    def remove_style(self, style_id: str) -> None:
        """Move one of the user's own styles to the trash; it can be undone."""
        from engine.presets import remove, restore

        library = self.session.library
        if library is None:
            return

        def reload() -> None:
            self.supplies.load_styles()

        self.session.edit(
            "remove a style",
            lambda: (remove(library.folder, style_id), reload()),
            lambda: (restore(library.folder, style_id), reload()),
        )

    def _open_entry(self, entry: Entry) -> None:
        if entry.artifact.role in PICTURES or is_animation(entry.artifact):
            self.session.show_tab("picture")
        else:
            self.deeds.open_outside(entry)

    def _use_prompt(self, text: str) -> None:
        self.session.show_tab("describe")
        self.create.use_prompt(text)

    def _try_example(self, prompt: str) -> None:
        self._use_prompt(prompt)
        self.generator.generate()

    # sheets

    def open_sheet(self, sheet: Sheet) -> None:
        """Show a sheet in place of the one that may be open."""
        current = self.sheet
        if current is not None:
            current.dismiss()
        self.sheet = sheet
        sheet.gone.connect(self._sheet_gone)
        sheet.open()

    def _sheet_gone(self) -> None:
        self.sheet = None

    def open_palette(self) -> None:
        self.open_sheet(CommandPalette(self.window, self.window.registry))

    def open_keys(self) -> None:
        self.open_sheet(ShortcutsSheet(self.window, self.window.registry))

    def open_models(self) -> None:
        if self.session.library is None:
            return
        from app.models_panel.sheet import ModelsSheet

        sheet = ModelsSheet(self.window, self.model_desk, self.create_model.state.model)
        sheet.words_wanted.connect(self.create.add_words)
        self.open_sheet(sheet)

    def open_settings(self, page: str = "library") -> None:
        if self.session.library is None:
            return
        sheet = SettingsSheet(self.window, self.session, self.model_desk, page)
        sheet.models_wanted.connect(self.open_models)
        sheet.library.change_wanted.connect(self.choose_library)
        self.open_sheet(sheet)

    def about(self) -> None:
        self.open_sheet(AboutSheet(self.window))

    def edit_tags(self) -> None:
        entries, library = self.gallery.selected_entries(), self.session.library
        if entries and library is not None:
            self.open_sheet(TagsSheet(self.window, entries, self.deeds, library.labels.all_tags()))

    def show_details(self) -> None:
        from app.history.details_sheet import DetailsSheet

        entries = self.gallery.selected_entries()
        if len(entries) == 1:
            self.open_sheet(DetailsSheet(self.window, entries[0], self.deeds))

    def compare_selected(self) -> None:
        from app.history.compare_sheet import CompareSheet

        entries = self.gallery.selected_entries()
        if len(entries) == 2:
            self.open_sheet(CompareSheet(self.window, self.session, entries[0], entries[1]))

    def choose_likeness(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self.window, "Search by picture", "", "Pictures (*.png *.webp *.jpg *.jpeg)"
        )
        if path:
            self.window.gallery_dock.show()
            self.gallery.find_like_file(Path(path))

    def manage_projects(self) -> None:
        if self.session.library is not None:
            self.open_sheet(ProjectsSheet(self.window, self.session, self.project_deeds))

    def new_project(self) -> None:
        self.manage_projects()
        if isinstance(self.sheet, ProjectsSheet):
            self.sheet.start_new()

    # files

    def choose_library(self) -> None:
        folder = QFileDialog.getExistingDirectory(self.window, "Choose a library folder")
        if folder:
            if self.sheet is not None:
                self.sheet.dismiss()
            self.folder_wanted.emit(Path(folder))

    def choose_import(self) -> None:
        paths, _ = QFileDialog.getOpenFileNames(
            self.window, "Import pictures", "", "Pictures (*.png *.webp *.jpg *.jpeg *.gif *.apng)"
        )
        for path in paths:
            self.drops.bring_in(Path(path))

    def save_selected(self, with_recipe: bool = True) -> None:
        entries = self.gallery.selected_entries()
        if not entries:
            return
        start = str(self.session.recall("save_folder", "") or Path.home())
        folder = QFileDialog.getExistingDirectory(self.window, "Save to a folder", start)
        if folder:
            self.deeds.save(entries, Path(folder), with_recipe=with_recipe)

    # following the session

    def _show_imported(self, entry: Entry) -> None:
        self.session.select(entry)
        self.gallery.select_entry(entry.id)

    def _show_job(self, job_id: str) -> None:
        """What a job made; while it runs, its previews."""
        live = self.session.jobs.get(job_id)
        if live is None or live.state != "RUNNING":
            self.gallery.select_result_of(job_id)
            return
        self._set_eager(True)
        self.session.show_tab("picture")
        self.picture.watch(job_id)

    def _tell_first(self) -> None:
        model = self.gallery.model
        if model.rowCount() or not (model.filter.wanted.narrows or model.filter.trashed or model.filter.like):
            self.picture.empty.set_first(not model.rowCount())

    def _opened(self) -> None:
        self._load_history()
        self.deeds.clean_up()

    def _load_history(self) -> None:
        library = self.session.library
        if library is not None:
            self.session.background.run(lambda: library.prompts.recent(limit=100), self.create.set_history)

    def _event(self, event: object) -> None:
        if isinstance(event, ArtifactMade):
            device = event.artifact.effective.get("device")
            if device:
                precision = event.artifact.effective.get("dtype")
                self.window.status.set_device(" · ".join(str(part) for part in (device, precision) if part))
            if event.artifact.role in PICTURES and self._eager:
                self.gallery.select_result_of(event.job_id)
        elif isinstance(event, Done):
            self.gallery.model.refresh()

    def _set_eager(self, eager: bool) -> None:
        """Whether the next result is selected by itself: not while the user looks at something else."""
        self._eager = eager
        self.picture.set_eager(eager)

    def _entry_changed(self, _entry: Entry | None) -> None:
        self.window.refresh_enabled()


def _fill(place: QWidget, panel: QWidget) -> None:
    layout = QVBoxLayout(place)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(panel)
