"""The options of `vision models`."""

from typing import Annotated

import typer

from visioncli.cli.options import Colour, ModelsOptions

EPILOG = "CONTEXT: tokens. $IN/M, $OUT/M: US dollars for a million tokens. $PICTURE: US dollars \
for looking at one of 1024x1024. KEY: n/a where none is needed. Blank: not known. \
Exit status: 0 listed, 1 no match, 2 usage, 3 provider."


def command(
    pattern: Annotated[
        list[str],
        typer.Argument(
            metavar="[PATTERN...]",
            help="A part of the id, or a glob: sonnet, 'gpt-5*'; of several, any.",
            show_default=False,
        ),
    ] = [],  # noqa: B006
    provider: Annotated[
        str | None, typer.Option("--provider", metavar="PROVIDER", help="Of this provider alone.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every model known: also the blind, unknown and retired.")
    ] = False,
    retired: Annotated[bool, typer.Option("--retired", help="The retired ones too.")] = False,
    available: Annotated[
        bool, typer.Option("--available", help="Only those whose key is set or not needed.")
    ] = False,
    max_price: Annotated[
        float | None,
        typer.Option(
            "--max-price", min=0.0, metavar="USD", help="At most this for a million input tokens."
        ),
    ] = None,
    ids: Annotated[bool, typer.Option("--ids", help="The ids alone, sorted.")] = False,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object a model, with all that is known.")
    ] = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Fetch what is known now; lists nothing.")
    ] = False,
    source: Annotated[
        list[str],
        typer.Option("--source", metavar="FILE", help="With --refresh: from this file instead."),
    ] = [],  # noqa: B006
    color: Annotated[Colour, typer.Option("--color", help="Colour and emphasis.")] = Colour.AUTO,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Errors only on stderr.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Tracebacks.")] = False,
) -> None:
    """List the models that can see, by provider, the newest first.

    vision models sonnet --available
    """
    options = ModelsOptions(**locals())
    from visioncli.cli.models import run

    raise typer.Exit(run(options))
