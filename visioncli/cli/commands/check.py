"""The options of `vision check`."""

from typing import Annotated

import typer

from visioncli.cli.options import CheckOptions

EPILOG = "Exit status: 0 all can see, 1 one cannot, 3 one is not known; 2 usage; 4 to 10 as for \
ask: a picture that is not taken, a model that could not be asked."


def command(
    model: Annotated[
        list[str],
        typer.Argument(
            metavar="MODEL...",
            help="PROVIDER/MODEL, one or several; - for a list of them on stdin.",
            show_default=False,
        ),
    ],
    live: Annotated[
        bool, typer.Option("--live", help="Show it a picture made by chance, and see what it says.")
    ] = False,
    image: Annotated[
        str | None,
        typer.Option(
            "--image", metavar="FILE", help="Is this one taken? With --live: what is said of it?"
        ),
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option("--base-url", metavar="URL", help="With --live: instead of the provider's."),
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(
            "--timeout", min=0.001, metavar="SECONDS", help="With --live: for each model. [600]"
        ),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object a model on stdout.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("-q", "--quiet", help="No line: the exit status alone.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Tracebacks.")] = False,
) -> None:
    """Say whether models can see: yes, no or unknown, why, who says so and of when.

    vision check openai/gpt-4o && echo it sees
    """
    options = CheckOptions(**locals())
    from visioncli.cli.check import run

    raise typer.Exit(run(options))
