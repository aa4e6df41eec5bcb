"""The command line's grammar. Values are checked by the recipes themselves, so that one sentence serves every face."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import NoReturn

from engine.cli.character_arguments import add_character
from engine.cli.cloud_arguments import add_cloud
from engine.cli.history_arguments import add_history
from engine.cli.model_arguments import add_lora, add_models
from engine.cli.picture_arguments import add_looks, add_pictures
from engine.protocol.errors import BadInput
from engine.protocol.mascot import Accessory, Colour, DrawingStyle, Mood, Pose, Proportions, Species
from engine.protocol.picture_options import ControlKind, Framing
from engine.protocol.recipes import (
    STARTER_MODEL,
    Action,
    AnimationRecipe,
    Badge,
    ExportFormat,
    LogoCrop,
    LogoRecipe,
    PictureRecipe,
)

PROMPT = (
    "what to draw; (word:1.3) counts more, {red|blue} chooses by the seed, __list__ takes a line of wildcards/list.txt "
    "in the library"
)
_JOB = "as `jobs list` shows it"


class Parser(argparse.ArgumentParser):
    """Errors are one sentence with the way out, not a usage dump."""

    def error(self, message: str) -> NoReturn:
        message = re.sub(r"invalid choice: '(.*)' \(choose from (.*)\)$", _choices, message)
        message = message[:1].upper() + message[1:]
        raise BadInput(f"{message.rstrip('.')}; `{self.prog} --help` shows what it takes.")


def _choices(found: re.Match[str]) -> str:
    return f"“{found[1]}” is unknown, it can be {found[2].replace(chr(39), '')}"


def default(model: type[PictureRecipe | AnimationRecipe], field: str) -> object:
    return model.model_fields[field].default


def _choice(parser: argparse.ArgumentParser, name: str, values: list[str], initial: str | None, text: str) -> None:
    parser.add_argument(name, default=initial, metavar="NAME", help=f"{text}: {', '.join(values)}")


def _picture_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", help="whole number; the same seed makes the same picture (default: random)")
    parser.add_argument("--model", default=STARTER_MODEL, help="an installed model (default: %(default)s)")
    parser.add_argument("--width", default="1024", help="of the final picture in pixels (default: %(default)s)")
    parser.add_argument("--height", default="1024", help="of the final picture in pixels (default: %(default)s)")
    parser.add_argument("--negative", default="", help="what the picture should not show")
    _choice(parser, "--framing", list(Framing), None, "an avatar seen from the front, parts apart")
    for field in ("steps", "guidance"):
        usual = default(PictureRecipe, field)
        parser.add_argument(f"--{field}", help=f"default: what suits the model and its LoRAs ({usual} for the starter)")
    add_looks(parser)


def _animation_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--action", default=Action.WAVE.value, help=f"{', '.join(Action)} (default: %(default)s)")
    parser.add_argument(
        "--format",
        action="append",
        dest="formats",
        help=f"{', '.join(ExportFormat)}; may be given several times (default: all)",
    )
    parser.add_argument("--size", default="512", help="longer side in pixels (default: %(default)s)")
    parser.add_argument("--fps", default="30", help="frames per second (default: %(default)s)")
    parser.add_argument("--strength", default="1.0", help="how large the movement is (default: %(default)s)")


def _logo_options(parser: argparse.ArgumentParser) -> None:
    fields = LogoRecipe.model_fields
    _choice(parser, "--crop", list(LogoCrop), fields["crop"].default, "which part")
    parser.add_argument("--colours", default=str(fields["colours"].default), help="2 … 24 (default: %(default)s)")
    _choice(parser, "--badge", list(Badge), fields["badge"].default, "shape behind it")
    parser.add_argument("--badge-colour", metavar="#RRGGBB", help="default: chosen to suit the mascot")
    parser.add_argument("--lettering", default="", help="a name under the logo, or along a round badge")
    parser.add_argument("--font", default="", help="for the lettering (default: Fredoka)")
    parser.add_argument("--app-name", default="", help="for the icon packs (default: the lettering)")


def _out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, default=Path("output"), metavar="DIR", help="default: %(default)s")


def build_parser() -> Parser:
    common = Parser(add_help=False)
    common.add_argument(
        "--library", type=Path, default=argparse.SUPPRESS, metavar="DIR",
        help="library folder (default: $MASCOTFORGE_LIBRARY, else the platform's data folder)",
    )  # fmt: skip
    common.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON document for scripts")
    common.add_argument("--verbose", action="store_true", default=argparse.SUPPRESS, help="details of errors")
    common.add_argument("--project", default=argparse.SUPPRESS, help="project by name or id (default: My mascots)")

    parser = Parser(prog="mascotforge", parents=[common], description="From a sentence to a mascot that moves.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)

    def add(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text[:1].upper() + text[1:] + ".", parents=[common])

    generate = add("generate", "make pictures from a prompt")
    generate.add_argument("prompt", help=PROMPT)
    generate.add_argument("--count", default="1", metavar="N", help="how many, each with the next seed (default: 1)")
    generate.add_argument(
        "--batch", default="1", metavar="N",
        help="pictures in one pass, where a GPU has the memory; --count says how many passes (default: 1)",
    )  # fmt: skip
    _picture_options(generate)
    add_pictures(generate)
    _out(generate)

    animate = add("animate", "let a picture perform an action")
    animate.add_argument("file", type=Path, help="a PNG (or another picture with transparency)")
    _animation_options(animate)
    _out(animate)

    make = add("make", "the whole way: prompt, picture, rig, animation, exports")
    make.add_argument("prompt", help=PROMPT)
    _picture_options(make)
    _animation_options(make)
    _out(make)

    builder = add("builder", "draw a procedural mascot from parts")
    _choice(builder, "--species", list(Species), None, "species")
    _choice(builder, "--colour", list(Colour), None, "colour")
    _choice(builder, "--accessory", list(Accessory), None, "accessory")
    _choice(builder, "--accessory-colour", list(Colour), None, "accessory's colour")
    _choice(builder, "--mood", list(Mood), None, "mood")
    _choice(builder, "--pose", list(Pose), None, "pose")
    _choice(builder, "--style", list(DrawingStyle), None, "drawing style")
    builder.add_argument("--words", default="", help="a description; the options above overrule it")
    builder.add_argument("--seed", default="0", help="varies the small asymmetries (default: 0)")
    builder.add_argument("--size", default="1024", help="of the PNG in pixels (default: %(default)s)")
    for field in Proportions.model_fields:
        builder.add_argument(f"--{field.replace('_', '-')}", dest=field, default="0", help="-1 … 1 (default: 0)")
    _out(builder)

    control = add("control", "the map of a picture that a ControlNet reads")
    control.add_argument("kind", metavar="KIND", help=", ".join(ControlKind))
    control.add_argument("file", type=Path, help="a picture; the builder's own ones tell their parts")
    control.add_argument("--out", type=Path, default=Path("output"), metavar="FILE", help="a .png file, or a folder")

    upscale = add("upscale", "make pictures twice or four times as large")
    upscale.add_argument("files", type=Path, nargs="+", metavar="FILE", help="PNG, JPEG or WebP; transparency is kept")
    upscale.add_argument("--scale", default="2", help="2 or 4 (default: %(default)s)")
    upscale.add_argument("--model", help="an installed upscaler (default: the shipped one, else Lanczos)")
    _out(upscale)

    logo = add("logo", "a picture or a prompt as a logo: vector files, every size, icon packs")
    logo.add_argument("source", metavar="FILE_OR_PROMPT", help="a picture file, or words to make one from")
    _logo_options(logo)
    _picture_options(logo)
    _out(logo)

    export = add("export", "copy results from the library to a folder")
    export.add_argument("ids", nargs="+", metavar="ID", help="results to copy, as `gallery` lists them")
    export.add_argument("--size", help="scale pictures to this many pixels on the longer side")
    export.add_argument("--without-recipe", action="store_true", help="leave the recipe out of the file")
    _out(export)

    gallery = add("gallery", "list results in the library")
    gallery.add_argument("--search", default="", help="words in prompt, name or tags")
    gallery.add_argument("--limit", default="50", help="default: %(default)s")
    gallery.add_argument("--all", action="store_true", help="of every project")
    gallery.add_argument("--trashed", action="store_true", help="what is in the trash")

    add_history(add("history", "find, rate, tag and make again what was made"), common)

    add_character(add("character", "figures that stay themselves from picture to picture"), common)

    add_models(add("models", "what is installed, and what can be done with it"), common)

    add_lora(add("lora", "install, list and train LoRAs"), common)

    projects = add("projects", "create and keep projects")
    project_commands = projects.add_subparsers(dest="projects_command", metavar="ACTION", required=True)
    project_list = project_commands.add_parser("list", parents=[common], help="all projects")
    project_list.add_argument("--trashed", action="store_true", help="those in the trash")
    create = project_commands.add_parser("create", parents=[common], help="a new project")
    create.add_argument("name", help="any name that no other project has")
    create.add_argument("--description", default="", help="what it is for")
    for action, extra, text in (
        ("rename", "new_name", "give a project a new name"),
        ("describe", "description", "say what a project is for"),
        ("duplicate", None, "copy a project"),
        ("trash", None, "put a project into the trash"),
        ("restore", None, "bring a project back from the trash"),
        ("erase", None, "remove a project in the trash for good, history and files"),
    ):
        sub = project_commands.add_parser(action, parents=[common], help=text)
        sub.add_argument("name", help="name or id")
        if extra:
            sub.add_argument(extra, help="the new name" if extra == "new_name" else "a few words")

    jobs = add("jobs", "see and steer the queue")
    job_commands = jobs.add_subparsers(dest="jobs_command", metavar="list|run|cancel|retry|clear", required=True)
    job_commands.add_parser("list", parents=[common], help="newest first")
    job_commands.add_parser("run", parents=[common], help="work on everything that waits in the queue")
    job_commands.add_parser("cancel", parents=[common], help="stop a job").add_argument("id", help=_JOB)
    job_commands.add_parser("retry", parents=[common], help="queue a failed or cancelled job again").add_argument(
        "id", help=_JOB
    )
    job_commands.add_parser("clear", parents=[common], help="forget finished jobs; results stay")

    add_cloud(add, common)

    doctor = commands.add_parser("doctor", help="what this machine has, and whether the library is sound")
    doctor.add_argument("--library", nargs="?", type=Path, const=None, default=argparse.SUPPRESS, metavar="DIR",
                        help="check this library (or, without a folder, the usual one)")  # fmt: skip
    doctor.add_argument("--repair", action="store_true", help="mend in the library what can be mended safely")
    doctor.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON document for scripts")
    doctor.add_argument("--verbose", action="store_true", default=argparse.SUPPRESS, help="details of errors")

    add("studio", "open the studio")
    return parser
