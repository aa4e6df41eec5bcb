"""The training's step: pictures become a LoRA and a sheet that compares pictures without and with it."""

from __future__ import annotations

import shutil
from pathlib import Path

from pydantic import JsonValue

from engine.blobs.store import hash_bytes
from engine.models.catalogue import ModelCatalogue
from engine.protocol.artifacts import AssetType
from engine.protocol.ids import canonical_json
from engine.protocol.recipes import LoraTrainingRecipe, ModelRef
from engine.protocol.wire import Workplace
from engine.runner.step import ArtifactDraft, Step, StepContext, StepKind
from engine.runner.steps.names import slug
from engine.runner.steps.pictures import read_rgba

LORA, COMPARISON = "lora.safetensors", "comparison.png"
STATES = "tuning"
"""Under the cache: what a stopped training goes on from."""
_USUAL_STEPS = 200


def train_step(recipe: LoraTrainingRecipe, workplace: Workplace) -> Step:
    """Raises UnknownModel or BadModel when the recipe's checkpoint can't be used."""
    model = ModelCatalogue(Path(workplace.models)).resolve(recipe.model)
    fixed = recipe.model_copy(update={"model": ModelRef(name=recipe.model.name, hash=model.hash)})
    return Step(
        name="train",
        kind=TRAIN,
        inputs={"recipe": fixed.model_dump(mode="json")},
        work=recipe.steps or _USUAL_STEPS,
        timing=f"train {model.hash[:16]}",
    )


def _train(context: StepContext) -> None:
    from engine.models.machine import survey
    from engine.models.memory import is_out_of_memory
    from engine.protocol.errors import OutOfMemory
    from engine.tuning.policy import choose_tuning, has_eight_bit
    from engine.tuning.train import Desk, train_lora

    recipe = LoraTrainingRecipe.model_validate(context.inputs["recipe"])
    model = ModelCatalogue(Path(context.workplace.models)).resolve(recipe.model)
    policy = choose_tuning(recipe, model, survey(), eight_bit=has_eight_bit())
    for picture in recipe.pictures:
        context.blobs.read(picture.blob)
    pictures = [read_rgba(context.blobs.path(picture.blob)) for picture in recipe.pictures]
    state = Path(context.workplace.cache) / STATES / hash_bytes(canonical_json(dict(context.inputs)))[:32]
    desk = Desk(
        state=state,
        progress=lambda share, sample: context.progress(share, sample.png if sample else None),
        check=context.check,
    )
    try:
        trained = train_lora(recipe, model, pictures, policy, desk, context.folder)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise OutOfMemory(
            f"Memory ran out while training on “{model.name}”; close other programs, or train with a lower rank.",
            details=str(error),
        ) from error
    if trained.early:
        context.note("stopped_early", f"The training stopped after {trained.steps} steps: more would not improve it.")
    how: dict[str, JsonValue] = {
        "model": model.name,
        "model_hash": model.hash,
        "device": policy.device,
        "precision": policy.precision,
        "resolution": policy.resolution,
        "rank": policy.rank,
        "batch": policy.batch,
        "rate": policy.rate,
        "steps": trained.steps,
        "stopped_early": trained.early,
        "seconds_trained": round(trained.seconds, 1),
        "loss_before": round(trained.loss_before, 5),
        "loss": round(trained.loss, 5),
        "captions": list(trained.captions),
        "reason": policy.reason,
    }
    title = slug(recipe.name)
    context.facts["effective"] = how
    context.keep(
        ArtifactDraft(LORA, AssetType.OTHER, "lora", "application/octet-stream", f"{title}.safetensors", effective=how)
    )
    context.keep(
        ArtifactDraft(
            COMPARISON, AssetType.IMAGE, "comparison", "image/png", f"{title}-with-and-without.png", effective=how
        )
    )
    shutil.rmtree(state, ignore_errors=True)


TRAIN = StepKind("train lora", 1, _train, seconds_guess=0.6, needs_torch=True)
