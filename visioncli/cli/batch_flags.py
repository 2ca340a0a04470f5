"""The options of `ask` for many pictures, as the parser takes them."""

from typing import Annotated

import typer

from .options import Engine

Each = Annotated[bool, typer.Option("--each", help="A request for each image named.")]
PerRequest = Annotated[
    int | None,
    typer.Option("--per-request", min=1, metavar="N", help="N images in each request."),
]
ListFrom = Annotated[
    str | None,
    typer.Option("--from", metavar="FILE|-", help="A list: an image or a JSON object a line."),
]
Nul = Annotated[
    bool, typer.Option("-0", "--null", help="NUL ends the names of the list: find -print0.")
]
Recursive = Annotated[
    bool, typer.Option("-r", "--recursive", help="Also the folders inside a directory.")
]
Output = Annotated[
    str | None,
    typer.Option(
        "-O", "--output", metavar="FILE", help="Add the results to FILE; what is there is kept."
    ),
]
Errors = Annotated[
    str | None,
    typer.Option("--errors", metavar="FILE", help="Add what failed to FILE, too."),
]
Ordered = Annotated[bool, typer.Option("--ordered", help="Results in the order of the list.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="With -O: drop what FILE holds.")]
RetryFailed = Annotated[
    bool, typer.Option("--retry-failed", help="With -O: ask again what failed for a while.")
]
Rehash = Annotated[
    bool, typer.Option("--rehash", help="With -O: read also pictures that look unchanged.")
]
Jobs = Annotated[
    int | None,
    typer.Option("-j", "--jobs", min=1, max=4096, metavar="N", help="Requests at once. [8]"),
]
Rpm = Annotated[
    float | None,
    typer.Option("--rpm", min=0.001, metavar="N", help="Requests a minute at most."),
]
Tpm = Annotated[
    float | None, typer.Option("--tpm", min=1, metavar="N", help="Tokens a minute at most.")
]
MaxCost = Annotated[
    float | None,
    typer.Option("--max-cost", min=0.0, metavar="USD", help="Stop before it costs more."),
]
FailFast = Annotated[bool, typer.Option("--fail-fast", help="Stop at the first that fails.")]
EngineName = Annotated[
    Engine | None, typer.Option("--engine", help="Where the questions are asked from.")
]
Address = Annotated[
    str | None,
    typer.Option("--address", metavar="ADDRESS", help="With --engine ray: of the cluster."),
]
