"""Everything that a logo is handed out as: a folder of files by their paths, or the same as a zip."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator

from engine.vector.apps import android, ios
from engine.vector.eps import eps
from engine.vector.icons import favicons, icns, ico
from engine.vector.logo import Logo
from engine.vector.pdf import pdf
from engine.vector.render import png
from engine.vector.svg import svg

PNG_SIZES = (16, 24, 32, 48, 64, 128, 256, 512, 1024, 2048)
_VARIANT_PIXELS = 1024
_DATE = (1980, 1, 1, 0, 0, 0)
"""A fixed date: equal logos make equal archives."""

Files = dict[str, bytes]


def pack(logo: Logo, name: str, title: str, progress: Callable[[float], None] = lambda fraction: None) -> Files:
    """All files by path. `name` is the stem of file names, `title` what the app or site is called; `progress` is told
    0..1 and may raise to stop."""
    files: Files = {}
    parts = tuple(_parts(logo, name, title))
    for done, part in enumerate(parts):
        progress(done / len(parts))
        files |= part()
    return files


def zipped(files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            archive.writestr(zipfile.ZipInfo(path, _DATE), files[path], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _parts(logo: Logo, name: str, title: str) -> Iterator[Callable[[], Files]]:
    for variant, figure in logo.variants().items():
        stem = name if variant == "full" else f"{name}-{variant}"
        yield lambda figure=figure, stem=stem: {
            f"{stem}.svg": svg(figure, title).encode(),
            f"{stem}.pdf": pdf(figure, title),
            f"{stem}.eps": eps(figure, title),
        }
        if variant != "full":
            yield lambda figure=figure, stem=stem: {f"png/{stem}.png": png(figure, _VARIANT_PIXELS)}
    yield lambda: _pngs(logo, name, PNG_SIZES[:-1])
    yield lambda: _pngs(logo, name, PNG_SIZES[-1:])
    yield lambda: {f"icons/{name}.ico": ico(logo.mark)}
    yield lambda: {f"icons/{name}.icns": icns(logo.mark)}
    yield lambda: _under("web", favicons(logo.mark, title, logo.background))
    yield lambda: _under("ios/AppIcon.appiconset", ios(logo.mark, logo.background))
    yield lambda: _under("android/res", android(logo.mark, logo.mono_mark, logo.background))


def _pngs(logo: Logo, name: str, sizes: Iterable[int]) -> Files:
    return {f"png/{name}-{size}.png": png(logo.full, size) for size in sizes}


def _under(folder: str, files: Files) -> Files:
    return {f"{folder}/{path}": data for path, data in files.items()}
