"""Styles: what they do to a recipe, which ship, and how a user keeps own ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from engine.builder.words import parse
from engine.models.catalogue import ModelCatalogue
from engine.presets import Style, StyleParts, apply, find, load, remove, restore, save, trashed
from engine.protocol.errors import BadInput, NotFound
from engine.protocol.picture_options import LoraUse, ModelRef
from engine.protocol.recipes import PictureRecipe

NIGHT = Style(
    id="night",
    name="Night",
    starter=StyleParts(after="flat style", loras=(LoraUse(name="night", weight=0.8),), guidance=6.0),
    free=StyleParts(before="at night", after="neon", negative="daylight", steps=40),
)


def test_a_style_adds_its_words_and_loras_for_the_starter() -> None:
    made = apply(NIGHT, PictureRecipe(prompt="a red fox"))
    assert made.prompt == "a red fox, flat style"
    assert [use.name for use in made.loras] == ["night"]
    assert made.guidance == 6.0
    assert (made.style, made.written) == ("night", "a red fox")


def test_another_model_gets_the_free_words() -> None:
    made = apply(NIGHT, PictureRecipe(prompt="a red fox", negative="hat", model=ModelRef(name="big")))
    assert made.prompt == "at night, a red fox, neon"
    assert made.negative == "hat, daylight"
    assert (made.steps, made.loras) == (40, ())


def test_what_the_creator_set_stays() -> None:
    mine = PictureRecipe(prompt="a red fox", guidance=2.0, loras=(LoraUse(name="Night", weight=0.2),))
    made = apply(NIGHT, mine)
    assert made.guidance == 2.0
    assert [use.weight for use in made.loras] == [0.2]


def test_a_style_is_applied_once() -> None:
    once = apply(NIGHT, PictureRecipe(prompt="a red fox"))
    assert apply(NIGHT, once) == once


def test_at_least_twelve_styles_ship_and_each_changes_a_picture_of_every_model() -> None:
    styles = load(None)
    assert len(styles) >= 12
    assert all(style.builtin and style.description for style in styles)
    for model in ("starter", "some sdxl"):
        plain = PictureRecipe(prompt="a red fox", model=ModelRef(name=model))
        made = [apply(style, plain).model_copy(update={"style": "", "written": ""}) for style in styles]
        assert plain not in made
        assert all(a != b for i, a in enumerate(made) for b in made[:i])


def test_the_starter_knows_every_word_of_the_shipped_styles() -> None:
    for style in load(None):
        made = apply(style, PictureRecipe(prompt="a red fox"))
        assert parse(made.prompt).unknown == [], style.id


def test_an_own_style_is_kept_listed_first_changed_trashed_and_brought_back(tmp_path: Path) -> None:
    mine = save(tmp_path, Style(name="My Look!", free=StyleParts(after="mine")), thumbnail=b"webp")
    assert mine.id == "my-look"
    assert load(tmp_path)[0] == mine
    assert mine.thumbnail is not None and mine.thumbnail.read_bytes() == b"webp"
    save(tmp_path, mine.model_copy(update={"description": "changed"}))
    assert find(tmp_path, "my look!").description == "changed"
    remove(tmp_path, "my-look")
    assert "my-look" not in [style.id for style in load(tmp_path)]
    assert [style.id for style in trashed(tmp_path)] == ["my-look"]
    assert restore(tmp_path, "my-look").description == "changed"
    assert load(tmp_path)[0].id == "my-look"


def test_a_shipped_style_can_be_changed_as_a_copy_but_not_removed(tmp_path: Path) -> None:
    shipped = find(tmp_path, "Flat")
    save(tmp_path, shipped.model_copy(update={"description": "flatter"}))
    assert [style.description for style in load(tmp_path) if style.id == "flat"] == ["flatter"]
    remove(tmp_path, "flat")
    assert find(tmp_path, "flat").builtin
    with pytest.raises(BadInput, match="built in"):
        remove(tmp_path, "flat")


def test_an_unknown_style_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"no style “polka”.*Flat"):
        find(tmp_path, "polka")


def test_a_damaged_style_hides_no_other(tmp_path: Path) -> None:
    save(tmp_path, Style(name="Whole"))
    (tmp_path / "styles" / "broken").mkdir()
    (tmp_path / "styles" / "broken" / "style.json").write_text("{")
    assert [style.id for style in load(tmp_path) if not style.builtin] == ["whole"]


def test_a_name_without_letters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="letters or digits"):
        save(tmp_path, Style(name="!!!"))


def test_the_loras_of_shipped_styles_ship_small_and_fit_the_starter() -> None:
    catalogue = ModelCatalogue(Path("nowhere"))
    starter = catalogue.get("starter")
    used = {use.name: use for style in load(None) for use in style.starter.loras}
    assert len(used) >= 3
    for use in used.values():
        lora = catalogue.add_ons.resolve_lora(use, starter)
        assert lora.builtin and lora.size_bytes <= 1_100_000
        assert max(lora.ranks) <= 16


def test_every_shipped_style_has_a_thumbnail() -> None:
    for style in load(None):
        assert style.thumbnail is not None, style.id
        with Image.open(style.thumbnail) as picture:
            assert min(picture.size) >= 128
