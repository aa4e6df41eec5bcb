"""Search by picture: what looks alike is found, wherever it stands and however large it is."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from engine.builder.raster import render
from engine.library.entries import Entry
from engine.library.entry_filter import EntryFilter
from engine.library.library import Library
from engine.library.look import DIMENSIONS, look_at
from engine.protocol.errors import BadPicture
from engine.protocol.mascot import Colour, Mascot, Species
from tests.library.making import add_picture

ANY = EntryFilter()


def drawing(mascot: Mascot, size: int = 128) -> bytes:
    file = BytesIO()
    Image.fromarray(render(mascot, size)).save(file, "PNG")
    return file.getvalue()


def framed(data: bytes, canvas: int, at: tuple[int, int]) -> bytes:
    """The picture somewhere on a larger transparent one."""
    whole = Image.new("RGBA", (canvas, canvas))
    whole.paste(Image.open(BytesIO(data)), at)
    file = BytesIO()
    whole.save(file, "PNG")
    return file.getvalue()


def photograph(data: bytes) -> bytes:
    picture = Image.new("RGB", (160, 160), "white")
    mascot = Image.open(BytesIO(data)).resize((160, 160))
    picture.paste(mascot, mask=mascot)
    file = BytesIO()
    picture.save(file, "JPEG", quality=80)
    return file.getvalue()


@pytest.fixture
def zoo(library: Library) -> dict[tuple[Species, Colour], Entry]:
    project = library.projects.default()
    animals = {}
    for species in (Species.FOX, Species.BEAR, Species.ROBOT):
        for colour in (Colour.BLUE, Colour.GREEN, Colour.RED):
            data = drawing(Mascot(species=species, colour=colour))
            animals[species, colour] = add_picture(library, project.id, f"a {colour} {species}", data=data)
    library.likeness.learn_all()
    return animals


def test_a_picture_finds_itself_in_any_size_and_place(
    library: Library, zoo: dict[tuple[Species, Colour], Entry]
) -> None:
    for (species, colour), entry in zoo.items():
        small = framed(drawing(Mascot(species=species, colour=colour), 96), 300, (170, 20))
        best = library.likeness.like_picture(small, ANY, limit=1)[0]
        assert best.entry.id == entry.id
        assert best.likeness > 0.95


def test_the_nearest_share_kind_or_colour_and_the_asked_one_is_left_out(
    library: Library, zoo: dict[tuple[Species, Colour], Entry]
) -> None:
    fox = zoo[Species.FOX, Colour.BLUE]
    found = library.likeness.like_entry(fox, ANY, limit=2)
    assert fox.id not in [similar.entry.id for similar in found]
    kin = {entry.id for (species, colour), entry in zoo.items() if species is Species.FOX or colour is Colour.BLUE}
    assert {similar.entry.id for similar in found} <= kin
    assert [similar.likeness for similar in found] == sorted((s.likeness for s in found), reverse=True)


def test_a_photograph_without_transparency_can_be_compared(
    library: Library, zoo: dict[tuple[Species, Colour], Entry]
) -> None:
    project = library.projects.default()
    one = add_picture(library, project.id, data=photograph(drawing(Mascot(species=Species.CAT))))
    add_picture(library, project.id, data=photograph(drawing(Mascot(species=Species.ROBOT, colour=Colour.TEAL))))
    library.likeness.learn_all()
    again = photograph(drawing(Mascot(species=Species.CAT), 200))
    assert library.likeness.like_picture(again, ANY, limit=1)[0].entry.id == one.id


def test_the_filter_holds_and_what_came_later_is_found(
    library: Library, zoo: dict[tuple[Species, Colour], Entry]
) -> None:
    fox = zoo[Species.FOX, Colour.BLUE]
    library.gallery.trash([zoo[Species.BEAR, Colour.BLUE].id])
    words = EntryFilter(text="bear")
    assert {s.entry.prompt for s in library.likeness.like_entry(fox, words)} == {"a green bear", "a red bear"}
    twin = add_picture(library, library.projects.default().id, data=drawing(Mascot(colour=Colour.BLUE), 200))
    library.likeness.learn_all()
    assert library.likeness.like_entry(fox, ANY, limit=1)[0].entry.id == twin.id


def test_pictures_are_found_by_their_colour(library: Library, zoo: dict[tuple[Species, Colour], Entry]) -> None:
    found = {entry.prompt for entry in library.gallery.find(EntryFilter(colour="green"))}
    assert found == {"a green fox", "a green bear", "a green robot"}
    assert dict(library.gallery.in_use("colour"))["blue"] >= 3


def test_looking_goes_on_where_it_stopped_and_passes_what_is_no_picture(library: Library) -> None:
    project = library.projects.default()
    for number in range(5):
        add_picture(library, project.id, data=b"not a picture %d" % number)
    add_picture(library, project.id, data=drawing(Mascot()))
    assert library.likeness.unseen() == 6
    assert library.likeness.learn(4) == 4
    assert library.likeness.unseen() == 2
    library.likeness.learn_all()
    assert library.likeness.unseen() == 0
    assert len(library.likeness.like_picture(drawing(Mascot()), ANY)) == 1


def test_an_erased_picture_leaves_no_look_behind(library: Library, zoo: dict[tuple[Species, Colour], Entry]) -> None:
    fox = zoo[Species.FOX, Colour.BLUE]
    library.gallery.erase([fox.id])
    rest = library.likeness.like_picture(drawing(Mascot(colour=Colour.BLUE)), ANY)
    assert fox.id not in [similar.entry.id for similar in rest]
    blobs = library.database.read(lambda c: c.exec_driver_sql("SELECT blob FROM looks").scalars().all())
    assert fox.artifact.blob not in blobs


def test_what_is_no_picture_is_refused_in_one_sentence(library: Library) -> None:
    with pytest.raises(BadPicture, match="not a picture"):
        library.likeness.like_picture(b"hello", ANY)
    empty = BytesIO()
    Image.new("RGBA", (20, 20)).save(empty, "PNG")
    with pytest.raises(BadPicture):
        library.likeness.like_picture(empty.getvalue(), ANY)


def test_odd_pictures_have_a_look(library: Library) -> None:
    for mode, size in (("L", (3, 900)), ("RGB", (1, 1)), ("LA", (40, 40)), ("I;16", (64, 32)), ("P", (50, 10))):
        file = BytesIO()
        Image.new(mode, size, 200 if mode != "LA" else (200, 255)).save(file, "PNG")
        look = look_at(file.getvalue())
        assert look is not None and len(look.vector) == 2 * DIMENSIONS, mode
