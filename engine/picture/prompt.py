"""The prompt as the model gets it: the recipe's pose put in, and notes on words that will have no effect."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from engine.models.installed import InstalledModel
from engine.picture.notes import Note
from engine.prompts.weights import parse_weights, plain
from engine.protocol.mascot import Accessory, Pose, Species
from engine.protocol.recipes import PictureRecipe

_POSE_WORDS = {
    Pose.STANDING: "standing",
    Pose.WAVING: "waving",
    Pose.SITTING: "sitting",
    Pose.JUMPING: "jumping",
    Pose.HANDS_ON_HIPS: "with hands on hips",
}
_LEFT_DANGLING = r"(?:\b(?:and|while|who|that|which|is|are|who's|that's)\s*)+"


def prompt_to_send(recipe: PictureRecipe) -> str:
    """The recipe's prompt; when the recipe has a pose, that pose's words instead of any other's."""
    if recipe.pose is None:
        return recipe.prompt
    from engine.builder.words import POSES, parse

    others = [phrase for pose, phrases in POSES.items() if pose is not recipe.pose for phrase in phrases]
    found = _phrases(others).search(recipe.prompt)
    if str(parse(recipe.prompt).known.get("pose")) == recipe.pose and not found:
        return recipe.prompt
    every = [phrase for phrases in POSES.values() for phrase in phrases]
    return f"{_without(recipe.prompt, every)}, {_POSE_WORDS[recipe.pose]}".lstrip(", ")


def notes_on_words(prompt: str, model: InstalledModel, triggers: Iterable[str] = ()) -> list[Note]:
    """For a model of a fixed vocabulary: a note that names the words it doesn't know and what it does know.

    `triggers` are the words of the LoRAs that the picture is made with.
    """
    if not model.vocabulary:
        return []
    from engine.builder.words import parse

    learnt = {word for trigger in triggers for word in trigger.casefold().split()}
    unknown = [word for word in parse(prompt).unknown if word not in learnt]
    if not unknown:
        return []
    words = " or ".join(f"“{word}”" for word in unknown[:5]) + (" …" if len(unknown) > 5 else "")
    species = ", ".join(kind.value for kind in Species)
    things = ", ".join(kind.value for kind in Accessory if kind is not Accessory.NONE)
    return [
        Note(
            "unknown_words",
            f"The {model.name} model doesn't know {words}; it knows {species}, with {things}, in ten colours, five "
            "moods and five poses; a full model takes free prompts.",
            {"words": list(unknown)},
        )
    ]


def without_weights(prompt: str, negative: str) -> tuple[str, str, list[Note]]:
    """Both prompts for a model that reads sentences and knows no weights, and a note where there were any."""
    pieces = [*parse_weights(prompt), *parse_weights(negative)]
    weighted = [piece.text.strip() for piece in pieces if piece.weight != 1.0]
    notes: list[Note] = []
    if weighted:
        shown = ", ".join(f"“{text[:40]}”" for text in weighted[:4])
        sentence = f"This model reads whole sentences and knows no weights; {shown} counts like every other word."
        notes = [Note("weights_unused", sentence, {"words": list(weighted)})]
    return plain(prompt), plain(negative), notes


def notes_on_length(prompt: str, what: str, tokenizer: Any) -> list[Note]:
    """A note when CLIP's text encoder, which reads 77 tokens, will not see the end of the prompt."""
    tokens: list[int] = tokenizer(prompt, truncation=False, verbose=False).input_ids
    limit = int(tokenizer.model_max_length)
    if len(tokens) <= limit:
        return []
    cut = str(tokenizer.decode(tokens[limit - 1 : -1], skip_special_tokens=True)).strip()
    shown = cut if len(cut) <= 120 else cut[:117].rsplit(" ", 1)[0] + " …"
    return [
        Note(
            "prompt_cut",
            f"The model reads only the first {limit - 2} pieces of the {what}; this was left out: “{shown}”.",
            {"cut": cut, "what": what},
        )
    ]


def _phrases(phrases: list[str]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(re.escape(phrase) for phrase in longest_first)})\b", re.IGNORECASE)


def _without(prompt: str, phrases: list[str]) -> str:
    """The prompt without the phrases and without the joining words that would be left dangling."""
    mark = "\0"
    text = _phrases(phrases).sub(mark, prompt)
    text = re.sub(rf"(?:{_LEFT_DANGLING}|\bwith\s+)?{mark}\s*(?:and\s+(?={mark}))?", f"{mark} ", text)
    text = re.sub(rf"\s*{mark}(?:\s*{mark})*\s*", " ", text)
    text = re.sub(r"\s+([,.;:!?])", r"\1", text)
    text = re.sub(r"([,;:])(?:\s*[,;:])+", r"\1", text)
    text = re.sub(rf"[\s,;:]*(?:{_LEFT_DANGLING})?[\s,;:.]*$", "", text)
    return re.sub(r"\s{2,}", " ", text).strip(" ,;:")
