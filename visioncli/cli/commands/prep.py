"""The options of `vision prep`."""

from typing import Annotated

import typer

from visioncli.cli import shared_flags
from visioncli.cli.options import PrepOptions

EPILOG = "Exit status: 0 all done, else that of the first that was not: 2 usage, 3 provider, \
5 image, 7 network, 13 output."


def command(
    images: Annotated[
        list[str],
        typer.Argument(
            metavar="IMAGE...",
            help="Images: file, directory, glob, URL, DOC.pdf#2-4, - for stdin.",
            show_default=False,
        ),
    ],
    model: Annotated[
        str | None,
        typer.Option("-m", "--model", metavar="MODEL", help="PROVIDER/MODEL they are made for."),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "-O", "--output", metavar="DIR", help="Write what would be sent; URLs are fetched."
        ),
    ] = None,
    max_side: shared_flags.MaxSide = None,
    media_format: shared_flags.Format = [],  # noqa: B006
    detail: shared_flags.Detail = None,
    inline: shared_flags.Inline = False,
    allow_private: shared_flags.AllowPrivate = False,
    recursive: Annotated[
        bool, typer.Option("-r", "--recursive", help="Also the folders inside a directory.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="With -O: replace files that exist.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object a picture on stdout.")
    ] = False,
    quiet: shared_flags.Quiet = False,
    debug: Annotated[bool, typer.Option("--debug", help="Tracebacks.")] = False,
) -> None:
    """Show what would be sent of pictures: pixels, bytes, type, tokens, price. Sends nothing.

    vision prep photo.heic -m openai/gpt-4o
    """
    options = PrepOptions(**locals())
    from visioncli.cli.prep import run

    raise typer.Exit(run(options))
