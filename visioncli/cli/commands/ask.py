"""The options of `vision ask`."""

from typing import Annotated

import typer

from visioncli.cli import batch_flags, shared_flags
from visioncli.cli.ask_options import AskOptions
from visioncli.cli.options import Colour

EPILOG = "Exit status: 0 answered, 2 usage, 3 model, 4 key, 5 image, 6 rate limit, 7 network, \
8 provider, 9 refused, 10 incomplete, 11 some of a batch failed, 12 cost cap, 13 output, \
130 interrupted."


def command(
    tokens: Annotated[
        list[str],
        typer.Argument(
            metavar="IMAGE... QUESTION",
            help="Images (file, directory, glob, URL, data:, - for stdin), and last the question.",
            show_default=False,
        ),
    ] = [],  # noqa: B006 - typer's way to say that none may be given
    model: Annotated[
        list[str],
        typer.Option("-m", "--model", metavar="MODEL", help="PROVIDER/MODEL; again to compare."),
    ] = [],  # noqa: B006
    system: Annotated[
        str | None, typer.Option("-s", "--system", metavar="TEXT", help="System prompt.")
    ] = None,
    question: Annotated[
        str | None,
        typer.Option("-Q", "--question", metavar="TEXT|-|@FILE", help="The question, said apart."),
    ] = None,
    image: Annotated[
        list[str],
        typer.Option("-i", "--image", metavar="IMAGE", help="A further image; may be repeated."),
    ] = [],  # noqa: B006
    media_format: shared_flags.Format = [],  # noqa: B006
    detail: shared_flags.Detail = None,
    option: Annotated[
        list[str],
        typer.Option("-o", "--option", metavar="KEY=VALUE", help="Any field of the request."),
    ] = [],  # noqa: B006
    max_tokens: Annotated[
        int | None, typer.Option("--max-tokens", min=1, metavar="N", help="Length of the answer.")
    ] = None,
    temperature: Annotated[
        float | None, typer.Option("--temperature", min=0.0, metavar="T", help="0 is the calmest.")
    ] = None,
    schema: Annotated[
        str | None,
        typer.Option(
            "--schema", metavar="SCHEMA|@FILE", help="Form of the answer: 'name, age int', or JSON."
        ),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object a model on stdout.")
    ] = False,
    stream: Annotated[
        bool | None, typer.Option("--stream/--no-stream", help="Show the answer as it comes.")
    ] = None,
    usage: Annotated[
        bool, typer.Option("-u", "--usage", help="Tokens and time on stderr.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the request; send nothing, need no key.")
    ] = False,
    curl: Annotated[
        bool, typer.Option("--curl", help="With --dry-run: as a curl command.")
    ] = False,
    full: Annotated[bool, typer.Option("--full", help="With --dry-run: base64 and all.")] = False,
    base_url: Annotated[
        str | None, typer.Option("--base-url", metavar="URL", help="Instead of the provider's.")
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", min=0.001, metavar="SECONDS", help="For everything. [600]"),
    ] = None,
    retries: Annotated[
        int | None, typer.Option("--retries", min=0, metavar="N", help="Further attempts. [2]")
    ] = None,
    inline: shared_flags.Inline = False,
    no_prep: Annotated[
        bool, typer.Option("--no-prep", help="Send pictures as they are: type, size, metadata.")
    ] = False,
    max_side: shared_flags.MaxSide = None,
    allow_private: shared_flags.AllowPrivate = False,
    together: Annotated[
        bool, typer.Option("--together", help="All images in one request, however many.")
    ] = False,
    each: batch_flags.Each = False,
    per_request: batch_flags.PerRequest = None,
    list_from: batch_flags.ListFrom = None,
    nul: batch_flags.Nul = False,
    recursive: batch_flags.Recursive = False,
    output: batch_flags.Output = None,
    errors: batch_flags.Errors = None,
    ordered: batch_flags.Ordered = False,
    overwrite: batch_flags.Overwrite = False,
    retry_failed: batch_flags.RetryFailed = False,
    rehash: batch_flags.Rehash = False,
    jobs: batch_flags.Jobs = None,
    rpm: batch_flags.Rpm = None,
    tpm: batch_flags.Tpm = None,
    max_cost: batch_flags.MaxCost = None,
    fail_fast: batch_flags.FailFast = False,
    engine: batch_flags.EngineName = None,
    address: batch_flags.Address = None,
    show: Annotated[
        bool, typer.Option("--show", help="A small preview of the images, on a terminal.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Send to a model known not to see.")
    ] = False,
    raw: Annotated[
        bool, typer.Option("--raw", help="The answer's bytes as they came; not on a terminal.")
    ] = False,
    color: Annotated[Colour, typer.Option("--color", help="Colour and Markdown.")] = Colour.AUTO,
    quiet: shared_flags.Quiet = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Tracebacks, and what is sent where.")
    ] = False,
) -> None:
    """Ask a vision model about one or more images.

    vision ask photo.png "what's in this?"

    Without -m: $VISION_MODEL, the configuration, the provider whose key is set, else local/eyes.
    """
    options = AskOptions(**locals())
    from visioncli.cli.ask import run

    raise typer.Exit(run(options))
