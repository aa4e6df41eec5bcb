"""What the creator chose in the logo panel, and the job that it stands for."""

from __future__ import annotations

from dataclasses import dataclass

from engine.protocol.recipes import Badge, DrawingRecipe, LogoCrop, LogoRecipe, PictureFile
from engine.vector.design import Design


@dataclass(frozen=True)
class Choices:
    crop: LogoCrop = LogoCrop.HEAD
    colours: int = 8
    badge: Badge = Badge.NONE
    badge_colour: str | None = None
    lettering: str = ""
    font: str = ""
    app_name: str = ""

    @property
    def design(self) -> Design:
        return Design(self.crop, self.badge, self.badge_colour, self.lettering, self.font)

    def recipe(self, source: DrawingRecipe | PictureFile, name: str) -> LogoRecipe:
        """`name` is what the packs are called when nothing was typed."""
        return LogoRecipe(
            source=source,
            crop=self.crop,
            colours=self.colours,
            badge=self.badge,
            badge_colour=self.badge_colour,
            lettering=self.lettering.strip(),
            font=self.font,
            app_name=(self.app_name.strip() or self.lettering.strip() or name)[:60],
        )


def choices_of(recipe: LogoRecipe) -> Choices:
    return Choices(
        recipe.crop,
        recipe.colours,
        recipe.badge,
        recipe.badge_colour,
        recipe.lettering,
        recipe.font,
        "" if recipe.app_name == recipe.lettering else recipe.app_name,
    )
