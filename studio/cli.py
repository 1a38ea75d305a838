"""The command line. Commands stay thin and import what they need when they run, so that --help answers at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from studio import exits
from studio.models.commands import models
from studio.palettes.commands import palette

EPILOG = """Exit codes: 0 done · 1 an error · 2 wrong usage · 3 mistakes in the brief · 4 some variants failed ·
5 a replay came out different · 130 interrupted (`atelier resume` goes on).

State is kept in ./.atelier (ATELIER_HOME), delivered packs go to ./outputs (ATELIER_OUTPUTS)."""

app = typer.Typer(
    name="atelier",
    help="Turn one master illustration into a hundred variants that are provably the same character.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # drawing help with Rich doubles the time until it answers
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(models)
app.add_typer(palette)

BriefFile = Annotated[Path, typer.Argument(help="The brief, a YAML file.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object for scripts instead of words.")]
BatchId = Annotated[
    str | None,
    typer.Argument(help="Batch id, or the brief's name for its newest; left out: the newest.", show_default=False),
]
Outputs = Annotated[Path | None, typer.Option("--outputs", help="Folder for delivered packs.", show_default="outputs")]


@app.command()
def schema() -> None:
    """Print the JSON Schema of briefs, for editors.

    With it an editor completes and checks briefs. In VS Code: atelier schema > brief.schema.json, and put
    `# yaml-language-server: $schema=brief.schema.json` on the first line of the brief.
    """
    from studio import briefs

    briefs.print_schema()


@app.command()
def check(brief: BriefFile, as_json: AsJson = False) -> None:
    """Report every mistake in a brief.

    Each comes with its line and column and what would be right. Files, slots, regions and artwork are looked at too.
    """
    from studio import briefs

    briefs.check(brief, as_json=as_json)


@app.command()
def plan(brief: BriefFile, as_json: AsJson = False) -> None:
    """Show what `run` would make, and why.

    Lists what is new, what is unchanged, and what an edit of the brief, the master or a slot has made stale. Makes
    nothing.
    """
    from studio import briefs

    briefs.show_plan(brief, as_json=as_json)


@app.command()
def preview(
    brief: BriefFile,
    variant: Annotated[
        list[str] | None, typer.Argument(help="Names of variants; left out: the first four.", show_default=False)
    ] = None,
    size: Annotated[int, typer.Option(min=64, max=2048, help="Longest side in pixels.")] = 512,
    out: Annotated[Path, typer.Option(help="Folder for the pictures.")] = Path("previews"),
    as_json: AsJson = False,
) -> None:
    """Make a few variants, small and at once.

    To look at before a whole batch is made. Nothing is scored, delivered or kept.
    """
    from studio import previews

    raise typer.Exit(previews.preview(brief, variant or (), size=size, out=out, as_json=as_json))


@app.command()
def run(brief: BriefFile, as_json: AsJson = False, outputs: Outputs = None) -> None:
    """Make every variant of a brief; deliver the pack.

    What is unchanged since last time is not made again. Ctrl-C stops it with nothing lost: `atelier resume` goes on.
    """
    from studio import runs

    raise typer.Exit(runs.run(brief, as_json=as_json, outputs=outputs))


@app.command()
def resume(batch: BatchId = None, as_json: AsJson = False, outputs: Outputs = None) -> None:
    """Go on with an interrupted batch.

    Works as the batch was planned, whatever its brief says by now, and tries its failed variants again.
    """
    from studio import runs

    raise typer.Exit(runs.resume(batch, as_json=as_json, outputs=outputs))


@app.command()
def status(batch: BatchId = None, as_json: AsJson = False) -> None:
    """Show how far a batch is, or list all batches.

    For one batch: its counts, what each stage cost, what went to review or failed, and why.
    """
    from studio import reports

    reports.status(batch, as_json=as_json)


@app.command()
def show(
    variant: Annotated[str, typer.Argument(help="Name of the variant, such as ca-on.")],
    batch: BatchId = None,
    as_json: AsJson = False,
) -> None:
    """Show one variant: recipe, prompt, scores, files."""
    from studio import reports

    reports.show(variant, batch, as_json=as_json)


@app.command()
def replay(
    manifest: Annotated[Path, typer.Argument(help="manifest.json of a delivered pack, or the pack's folder.")],
    variant: Annotated[str, typer.Argument(help="Name of the variant, such as ca-on.")],
    save: Annotated[Path | None, typer.Option(help="Write the picture here as PNG.", show_default=False)] = None,
    as_json: AsJson = False,
) -> None:
    """Render a delivered variant again, and compare.

    Works from the manifest and the sources beside it alone, and says whether the picture is identical, within the
    stated tolerance, or different.
    """
    from studio import replays

    raise typer.Exit(replays.replay(manifest, variant, save=save, as_json=as_json))


@app.command()
def regions(
    name: Annotated[str | None, typer.Argument(help="A set such as canada; left out: all sets.")] = None,
    locale: Annotated[str, typer.Option(help="Language of the names, such as fr or zh_Hant.")] = "en",
    as_json: AsJson = False,
) -> None:
    """List the sets of regions, or the regions of one."""
    from studio.regions import show_regions

    show_regions(name, locale=locale, as_json=as_json)


@app.command()
def mask(  # noqa: PLR0913, PLR0917 (the options of a command)
    picture: Annotated[Path, typer.Argument(help="The master: an SVG, PNG, JPEG or WebP.", show_default=False)],
    at: Annotated[
        list[str] | None,
        typer.Option(metavar="X,Y", help="A point in the slot: pixels of the mask, or 60%,55%; repeat it."),
    ] = None,
    outside: Annotated[
        list[str] | None, typer.Option("--not", metavar="X,Y", help="A point that is not in it; repeat it.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the mask here, a PNG.", show_default=False)] = None,
    preview: Annotated[
        Path | None, typer.Option(help="Draw the mask over the picture here.", show_default=False)
    ] = None,
    across: Annotated[bool, typer.Option("--across", help="Over all colours, up to the ink: a whole flag.")] = False,
    grow: Annotated[float, typer.Option(metavar="PX", help="Grow it on all sides; negative: shrink it.")] = 0.0,
    size: Annotated[
        int | None, typer.Option(min=16, max=8192, help="Longest side for a drawing.", show_default="1024")
    ] = None,
    segmenter: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="Take a segmentation model's subject.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a slot's mask from points in the drawing.

    Grows from each point up to the ink and to other hues, and says what to write in the brief. With --preview alone:
    the picture with rulers, to read points off.
    """
    from studio import masks

    if not at and not segmenter and (out is not None or preview is None):
        hint = "give a point in the slot; --preview alone draws rulers to read it off"
        raise typer.BadParameter(hint, param_hint="--at")
    if out is None and preview is None:
        raise typer.BadParameter("say where to write the mask, or --preview", param_hint="--out")
    wish = masks.Wish(picture, tuple(at or ()), tuple(outside or ()), across, out, preview, size, grow, segmenter)
    masks.make_mask(wish, as_json=as_json)


@app.command()
def trace(
    pictures: Annotated[
        list[Path],
        typer.Argument(metavar="PICTURE", help="PNG, JPEG or WebP files, or folders.", show_default=False),
    ],
    out: Annotated[
        Path | None, typer.Option(help="A folder, or for one picture a file .svg.", show_default="beside the picture")
    ] = None,
    palette: Annotated[
        list[str] | None,
        typer.Option(metavar="COLOURS", help="Paint in these alone: eda24b,2d2130 or a TOML file; repeat it."),
    ] = None,
    style: Annotated[str | None, typer.Option(help="Paint in a style's colours alone, such as ink-flat.")] = None,
    title: Annotated[str | None, typer.Option(help="Title of the one drawing.", show_default="its name")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace drawings that are there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Turn pictures into SVG drawings, and prove each.

    For flat or shaded art, clean or as a model painted it: few shapes, true curves, no gaps. It is not for photographs,
    and says so. Each drawing is drawn again and compared with its picture: SSIM (1 is alike), ΔE (below 1 nobody sees
    it), how far edges are off, holes. Beside logo.png it writes logo.svg. Colours that have names, from a style or a
    TOML file, can be recoloured by CSS.
    """
    from studio.traces import Wish, trace_all

    several = len(pictures) > 1 or pictures[0].is_dir()
    if several and title is not None:
        raise typer.BadParameter("it is for one picture; each gets its own name", param_hint="--title")
    if several and out is not None and out.suffix.lower() == ".svg":
        raise typer.BadParameter("several pictures need a folder", param_hint="--out")
    wish = Wish(tuple(pictures), out, title, tuple(palette or ()), style, force)
    raise typer.Exit(trace_all(wish, as_json=as_json))


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Say what is missing here, and how to mend it."""
    from studio import doctoring

    raise typer.Exit(doctoring.doctor(as_json=as_json))


def main() -> None:
    """Run a command; errors come out as one clear sentence on standard error."""
    from pipelines.errors import AtelierError, BriefError

    try:
        app()
    except BriefError as error:
        _complain(error, exits.BAD_BRIEF)
    except AtelierError as error:
        _complain(error, exits.ERROR)
    except KeyboardInterrupt:
        sys.exit(exits.INTERRUPTED)


def _complain(error: Exception, code: int) -> None:
    if "--json" in sys.argv:
        from studio.output import print_error

        print_error(error)
    else:
        typer.secho(f"atelier: {error}", err=True, fg="red")
    sys.exit(code)
