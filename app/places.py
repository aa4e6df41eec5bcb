"""Where the library is when nobody says: the folder chosen in the studio, or the platform's."""

from __future__ import annotations

from pathlib import Path

from app.preferences import Preferences

FOLDER_VARIABLE = "MASCOTFORGE_LIBRARY"
_KEY = "library"


def _preferences() -> Preferences:
    import platformdirs

    return Preferences(Path(platformdirs.user_config_dir("MascotForge", appauthor=False)) / "studio.json")


def platform_folder() -> Path:
    """The same folder that the command line takes."""
    import platformdirs

    return Path(platformdirs.user_data_dir("MascotForge", appauthor=False)) / "library"


def chosen_folder() -> Path | None:
    """The folder that was chosen in the studio before."""
    text = _preferences().text(_KEY)
    return Path(text) if text else None


def choose_folder(folder: Path) -> None:
    """Remember `folder` for the next start; the platform's own is remembered as none."""
    _preferences().set(**{_KEY: None if folder == platform_folder() else str(folder)})


def short_path(path: Path) -> str:
    """A path with the home folder as ~."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) and path != home else str(path)
