"""The options of `vision prep`."""

from typing import Annotated

import typer

from visioncli.cli.options import DetailWord, PrepOptions

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
    max_side: Annotated[
        int | None,
        typer.Option("--max-side", min=16, metavar="N", help="Longer side at most, in pixels."),
    ] = None,
    media_format: Annotated[
        list[str],
        typer.Option(
            "--format", metavar="[IMAGE=]TYPE", help="Media type instead of libmagic's: image/jpeg."
        ),
    ] = [],  # noqa: B006
    detail: Annotated[
        DetailWord | None, typer.Option("--detail", help="How closely the model looks.")
    ] = None,
    inline: Annotated[
        bool, typer.Option("--inline", help="Fetch URLs here even where the provider would.")
    ] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Fetch from private addresses too.")
    ] = False,
    recursive: Annotated[
        bool, typer.Option("-r", "--recursive", help="Also the folders inside a directory.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="With -O: replace files that exist.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object a picture on stdout.")
    ] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Errors only on stderr.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Tracebacks.")] = False,
) -> None:
    """Show what would be sent of pictures: pixels, bytes, type, tokens, price. Sends nothing.

    vision prep photo.heic -m openai/gpt-4o
    """
    options = PrepOptions(**locals())
    from visioncli.cli.prep import run

    raise typer.Exit(run(options))
