"""Options that several commands have, as the parser takes them."""

from typing import Annotated

import typer

from .options import DetailWord

MaxSide = Annotated[
    int | None,
    typer.Option("--max-side", min=16, metavar="N", help="Longer side at most, in pixels."),
]
Format = Annotated[
    list[str],
    typer.Option(
        "--format", metavar="[IMAGE=]TYPE", help="Media type instead of libmagic's: image/jpeg."
    ),
]
Detail = Annotated[DetailWord | None, typer.Option("--detail", help="How closely the model looks.")]
Inline = Annotated[
    bool, typer.Option("--inline", help="Fetch URLs here even where the provider would.")
]
AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Fetch from private addresses too.")
]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Errors only on stderr.")]
