"""Public pages, through a real server: what is published is seen by everyone, until it is ended."""

from __future__ import annotations

from io import BytesIO

import httpx
import pytest
from PIL import Image, PngImagePlugin

from engine.protocol.artifacts import AssetType
from engine.protocol.errors import BadInput
from tests.cloud.people import Someone
from tests.library.making import add_picture


def picture_with_a_secret() -> bytes:
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", "taken at home")
    file = BytesIO()
    Image.new("RGBA", (40, 30), (200, 90, 20, 255)).save(file, "PNG", pnginfo=said)
    return file.getvalue()


def test_a_result_is_published_and_its_page_ended(ada: Someone) -> None:
    entry = add_picture(ada.library, ada.library.projects.default().id, data=picture_with_a_secret())
    page = ada.desk.publish(entry.id, "Pip")
    assert [(one.id, one.entry_id, one.title) for one in ada.desk.publications()] == [(page.id, entry.id, "Pip")]
    shown = httpx.get(page.url)
    assert shown.status_code == 200
    assert "Pip" in shown.text
    ada.desk.unpublish(page.id)
    assert httpx.get(page.url).status_code == 410
    assert ada.desk.publications() == []


def test_what_a_file_says_besides_its_pixels_is_not_published(ada: Someone) -> None:
    entry = add_picture(ada.library, ada.library.projects.default().id, data=picture_with_a_secret())
    page = ada.desk.publish(entry.id, "Pip")
    [file] = ada.desk.call("GET", f"/publications/{page.id}")["files"]  # type: ignore[call-overload, index]
    assert b"taken at home" not in httpx.get(file["url"]).content  # type: ignore[index]
    assert b"taken at home" in ada.library.blobs.read(entry.artifact.blob)


def test_what_no_page_can_show_is_refused(ada: Someone) -> None:
    entry = add_picture(ada.library, ada.library.projects.default().id)
    sound = entry.artifact.model_copy(
        update={"type": AssetType.AUDIO, "media_type": "audio/wav", "file_name": "hi.wav"}
    )
    recorded = ada.library.gallery.add(entry.project_id, None, sound, None)
    with pytest.raises(BadInput, match=r"hi\.wav"):
        ada.desk.publish(recorded.id)


def test_a_page_is_called_as_the_gallery_says_and_never_by_a_files_name(ada: Someone) -> None:
    project = ada.library.projects.default().id
    prompted = add_picture(ada.library, project, "a happy   blue fox", file_name="happy-blue-fox.png")
    assert ada.desk.publish(prompted.id).title == "A happy blue fox"
    ada.library.labels.set_name([prompted.id], "Fin")
    assert ada.desk.publish(prompted.id).title == "Fin"
    file = ada.library.folder / "sad_red-bear.png"
    file.write_bytes(picture_with_a_secret())
    assert ada.desk.publish(ada.library.gallery.import_picture(project, file).id).title == "Sad red bear"
