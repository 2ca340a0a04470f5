"""`vision batch …`: its commands and their options.

Annotations are no strings here, as in main.
"""

from typing import Annotated

import typer

from .options import DetailWord
from .parser import Command, Group
from .vendor_batch_options import ExportOptions, FetchOptions, RunOptions, SubmitOptions

SEE = "The providers' own batches: answered within a day, mostly at half the price."
OF_FETCH = "Exit status: 0 all answered, 10 not all batches are over, 11 some failed; 2 usage, \
4 key, 6 rate limit, 7 network, 8 provider, 13 output."

app = typer.Typer(name="batch", cls=Group, help=SEE, no_args_is_help=True, add_completion=False)

Tokens = Annotated[
    list[str],
    typer.Argument(
        metavar="[IMAGE...] QUESTION",
        help="Images, folders or globs, one request each; - for a list on stdin; the question.",
        show_default=False,
    ),
]
Model = Annotated[
    str | None, typer.Option("-m", "--model", metavar="MODEL", help="PROVIDER/MODEL.")
]
From = Annotated[
    str | None,
    typer.Option("--from", metavar="FILE", help="A list: an image or a JSON object a line."),
]
Nul = Annotated[bool, typer.Option("-0", "--null", help="The list's lines end with NUL.")]
Recursive = Annotated[bool, typer.Option("-r", "--recursive", help="Folders in folders, too.")]
System = Annotated[
    str | None, typer.Option("-s", "--system", metavar="TEXT", help="System prompt.")
]
Formats = Annotated[
    list[str], typer.Option("--format", metavar="TYPE", help="Media type instead of libmagic's.")
]
Detail = Annotated[DetailWord | None, typer.Option("--detail", help="How closely it looks.")]
Fields = Annotated[
    list[str],
    typer.Option("-o", "--option", metavar="KEY=VALUE", help="Any field of the request."),
]
MaxTokens = Annotated[
    int | None, typer.Option("--max-tokens", min=1, metavar="N", help="Length of an answer.")
]
Temperature = Annotated[
    float | None, typer.Option("--temperature", min=0.0, metavar="T", help="0 is the calmest.")
]
Schema = Annotated[
    str | None, typer.Option("--schema", metavar="SCHEMA|@FILE", help="Form of the answers.")
]
MaxSide = Annotated[
    int | None, typer.Option("--max-side", min=1, metavar="PX", help="Of the longer side, at most.")
]
NoPrep = Annotated[bool, typer.Option("--no-prep", help="Pictures as they are.")]
Inline = Annotated[bool, typer.Option("--inline", help="Fetch URLs here, too.")]
AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Fetch from private addresses too.")
]
Force = Annotated[bool, typer.Option("--force", help="Send to a model known not to see.")]
BaseUrl = Annotated[
    str | None, typer.Option("--base-url", metavar="URL", help="Instead of the provider's.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a batch on stdout.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Errors only on stderr.")]
Debug = Annotated[bool, typer.Option("--debug", help="Tracebacks.")]
Id = Annotated[
    str, typer.Argument(metavar="ID", help="As `submit` printed it.", show_default=False)
]
AnyId = Annotated[
    str | None, typer.Argument(metavar="[ID]", help="Of one alone.", show_default=False)
]
Many: list[str] = []  # typer's way to say that none may be given


@app.command(cls=Command)
def submit(
    tokens: Tokens = Many,
    model: Model = None,
    list_from: From = None,
    nul: Nul = False,
    recursive: Recursive = False,
    output: Annotated[
        str | None,
        typer.Option("-O", "--output", metavar="FILE", help="Where `fetch` will write."),
    ] = None,
    system: System = None,
    media_format: Formats = Many,
    detail: Detail = None,
    option: Fields = Many,
    max_tokens: MaxTokens = None,
    temperature: Temperature = None,
    schema: Schema = None,
    max_side: MaxSide = None,
    no_prep: NoPrep = False,
    inline: Inline = False,
    allow_private: AllowPrivate = False,
    force: Force = False,
    base_url: BaseUrl = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also what was submitted before; it costs again.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Hand a list of pictures in, and print the batch's ID.

    find . -name '*.jpg' | vision batch submit -m openai/gpt-5.4-mini - "alt text, one sentence"
    """
    options = SubmitOptions(**locals())
    from .vendor_batch import submit as run

    raise typer.Exit(run(options))


@app.command(cls=Command)
def status(
    id_: AnyId = None, json: Json = False, quiet: Quiet = False, debug: Debug = False
) -> None:
    """Ask how far batches are: of all that are not over, or of one."""
    options = RunOptions(**locals())
    from .vendor_batch import status as run

    raise typer.Exit(run(options))


@app.command(cls=Command, name="list")
def list_(json: Json = False, quiet: Quiet = False, debug: Debug = False) -> None:
    """List all batches as they were last seen; nobody is asked."""
    options = RunOptions(id_=None, json=json, quiet=quiet, debug=debug)
    from .vendor_batch import listing as run

    raise typer.Exit(run(options))


@app.command(cls=Command)
def cancel(id_: Id, json: Json = False, quiet: Quiet = False, debug: Debug = False) -> None:
    """Cancel what is not answered yet; what is can still be fetched."""
    options = RunOptions(**locals())
    from .vendor_batch import cancel as run

    raise typer.Exit(run(options))


@app.command(cls=Command, epilog=OF_FETCH)
def fetch(
    id_: Id,
    output: Annotated[
        str | None,
        typer.Option("-O", "--output", metavar="FILE", help="Appends what is not in it yet."),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Until all of it is over.")] = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write what is answered: one JSON object an item, as `ask` does for a list."""
    options = FetchOptions(**locals())
    from .vendor_batch import fetch as run

    raise typer.Exit(run(options))


@app.command(cls=Command)
def export(
    tokens: Tokens = Many,
    model: Model = None,
    list_from: From = None,
    nul: Nul = False,
    recursive: Recursive = False,
    output: Annotated[
        str | None, typer.Option("-O", "--output", metavar="FILE", help="A new file. [stdout]")
    ] = None,
    system: System = None,
    media_format: Formats = Many,
    detail: Detail = None,
    option: Fields = Many,
    max_tokens: MaxTokens = None,
    temperature: Temperature = None,
    schema: Schema = None,
    max_side: MaxSide = None,
    no_prep: NoPrep = False,
    inline: Inline = False,
    allow_private: AllowPrivate = False,
    force: Force = False,
    base_url: BaseUrl = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write OpenAI's batch file, which `vllm run-batch` reads, and send nothing.

    vision batch export -m vllm/Qwen/Qwen3-VL-8B-Instruct --from list -O in.jsonl "alt text"
    """
    options = ExportOptions(**locals())
    from .vendor_batch import export as run

    raise typer.Exit(run(options))
