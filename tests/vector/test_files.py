"""What leaves the room: SVG, PDF, EPS and icon files that other programs read as the same picture."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from engine.builder.draw import draw
from engine.protocol.mascot import Accessory, Mascot
from engine.protocol.recipes import Badge, LogoCrop
from engine.vector.design import Design
from engine.vector.eps import eps
from engine.vector.icons import ICNS_CHUNKS, ICO_SIZES
from engine.vector.logo import Logo, make_logo
from engine.vector.pack import PNG_SIZES, Files, pack, zipped
from engine.vector.pdf import pdf
from engine.vector.render import pixels
from engine.vector.subject import subject_of_drawing
from engine.vector.svg import svg
from tests.vector.pictures import apart, by_pdfium, by_qt, on_white, opened

TOLERANCE = 1.0
"""Mean difference of 255: two renderers smooth edges differently, by a fraction of a pixel."""


@pytest.fixture(scope="module")
def logo() -> Logo:
    subject = subject_of_drawing(draw(Mascot(accessory=Accessory.SCARF)), LogoCrop.EMBLEM, 8)
    return make_logo(subject, Design(LogoCrop.EMBLEM, Badge.SHIELD, None, "Foxy & Co"))


@pytest.fixture(scope="module")
def files(logo: Logo) -> Files:
    return pack(logo, "foxy", "Foxy & Co")


def test_two_renderers_draw_the_same_svg(logo: Logo) -> None:
    for figure in logo.variants().values():
        here = pixels(figure, 512)
        assert apart(by_qt(svg(figure), here.shape[1], here.shape[0]), here) < TOLERANCE


def test_the_svg_is_clean(logo: Logo) -> None:
    root = ElementTree.fromstring(svg(logo.full, "Foxy & Co"))

    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags == {"svg", "title", "path"}
    assert root.get("viewBox", "").startswith("0 0 1024 ")
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "Foxy & Co"


def test_the_pdf_is_vector_and_looks_the_same(logo: Logo) -> None:
    data = pdf(logo.full, "Füchse")

    assert b"/Image" not in data
    page, here = by_pdfium(data, 512), pixels(logo.full, 512)
    height = min(page.shape[0], here.shape[0])
    assert abs(page.shape[0] - here.shape[0]) <= 1
    assert apart(page[:height], here[:height]) < TOLERANCE


@pytest.mark.slow
def test_ghostscript_reads_the_eps(logo: Logo, tmp_path: Path) -> None:
    program = shutil.which("gs")
    assert program, "this proof needs ghostscript: apt-get install ghostscript"
    source, target = tmp_path / "logo.eps", tmp_path / "logo.png"
    source.write_bytes(eps(logo.full, "Foxy"))

    subprocess.run(
        [program, "-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-dEPSCrop", "-sDEVICE=png16m", "-r72",
         "-dGraphicsAlphaBits=4", f"-sOutputFile={target}", str(source)], check=True,
    )  # fmt: skip

    made, here = opened(target.read_bytes()), pixels(logo.full, 512)
    height = min(made.shape[0], here.shape[0])
    assert apart(made[:height, :512], here[:height]) < 2 * TOLERANCE


def test_the_eps_says_how_large_it_is(logo: Logo) -> None:
    text = eps(logo.full, "Füchse").decode("ascii")

    assert text.startswith("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 512 ")
    assert text.count("\nf\n") == len(logo.full.fills)


def test_pngs_have_their_sizes(files: Files) -> None:
    for size in PNG_SIZES:
        assert opened(files[f"png/foxy-{size}.png"]).shape[1] == size


def test_ico_and_icns_hold_every_size(files: Files) -> None:
    with Image.open(io.BytesIO(files["icons/foxy.ico"])) as icon:
        assert icon.info["sizes"] == {(size, size) for size in ICO_SIZES}
    with Image.open(io.BytesIO(files["icons/foxy.icns"])) as icon:
        assert {width * scale for width, _, scale in icon.info["sizes"]} == {size for _, size in ICNS_CHUNKS}


def test_small_icons_are_drawn_not_shrunk(files: Files, logo: Logo) -> None:
    with Image.open(io.BytesIO(files["icons/foxy.ico"])) as icon:
        icon.size = (16, 16)
        icon.load()
        small = np.asarray(icon.convert("RGBA"))
    assert apart(small, pixels(logo.mark, 16)) == 0


def test_favicons_name_files_that_are_there(files: Files) -> None:
    manifest = json.loads(files["web/site.webmanifest"])
    head = files["web/head.html"].decode()

    assert all(f"web{icon['src']}" in files for icon in manifest["icons"])
    assert 'content="Foxy &amp; Co"' in head
    for name in ("favicon.ico", "favicon.svg", "apple-touch-icon.png", "site.webmanifest"):
        assert f'href="/{name}"' in head and f"web/{name}" in files


def test_ios_icons_are_opaque_and_listed(files: Files) -> None:
    folder = "ios/AppIcon.appiconset"
    contents = json.loads(files[f"{folder}/Contents.json"])

    for entry in contents["images"]:
        with Image.open(io.BytesIO(files[f"{folder}/{entry['filename']}"])) as icon:
            assert icon.mode == "RGB"
            side = float(entry["size"].partition("x")[0]) * int(entry["scale"][0])
            assert icon.size == (round(side), round(side))


def test_android_layers_keep_inside_the_safe_zone(files: Files) -> None:
    for layer in ("foreground", "monochrome"):
        alpha = opened(files[f"android/res/mipmap-xxxhdpi/ic_launcher_{layer}.png"])[..., 3]
        assert alpha.shape == (432, 432)
        ys, xs = np.nonzero(alpha > 8)
        assert np.hypot(xs - 215.5, ys - 215.5).max() <= 432 * 66 / 108 / 2 * 1.02
    xml = ElementTree.fromstring(files["android/res/mipmap-anydpi-v26/ic_launcher.xml"])
    assert [child.tag for child in xml] == ["background", "foreground", "monochrome"]


def test_equal_logos_make_equal_archives(files: Files) -> None:
    data = zipped(files)

    assert data == zipped(dict(reversed(files.items())))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == sorted(files)


def test_an_opaque_icon_has_no_seam_at_its_edge(files: Files) -> None:
    picture = opened(files["web/icon-maskable-512.png"])
    corner = on_white(picture)[0, 0]
    assert np.abs(on_white(picture)[[0, 0, -1, -1], [0, -1, 0, -1]] - corner).max() == 0
