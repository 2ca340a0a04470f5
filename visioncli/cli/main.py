"""The commands and their options. Each command imports its runner when it is called, not before.

Annotations are no strings here: typer would compile each of them at every start, for 4 ms.
"""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from visioncli import __version__

from . import batch_app, batch_flags, report
from .options import AskOptions, CheckOptions, Colour, DetailWord, ModelsOptions, PrepOptions, Shell
from .parser import Command, Group, usage_error
from .terminal import stdout

SEE_README = "Exit status: 0 answered, 2 usage, 3 model, 4 key, 5 image, 6 rate limit, 7 network, \
8 provider, 9 refused, 10 incomplete, 11 some of a batch failed, 12 cost cap, 13 output, \
130 interrupted."
OF_MODELS = "CONTEXT: tokens. $IN/M, $OUT/M: US dollars for a million tokens. $PICTURE: US dollars \
for looking at one of 1024x1024. KEY: n/a where none is needed. Blank: not known. \
Exit status: 0 listed, 1 no match, 2 usage, 3 provider."

OF_CHECK = "Exit status: 0 all can see, 1 one cannot, 3 one is not known; 2 usage; 4 to 10 as for \
ask: a picture that is not taken, a model that could not be asked."

OF_PREP = "Exit status: 0 all done, else that of the first that was not: 2 usage, 3 provider, \
5 image, 7 network, 13 output."

app = typer.Typer(
    name="vision",
    cls=Group,
    add_completion=False,  # our own scripts: `vision completions`
    rich_markup_mode=None,  # rich's help costs as much again as everything else at start-up
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def vision(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", "-V", help="Print the version and exit.")
    ] = False,
) -> None:
    """Ask vision models about images.

    vision ask photo.png "what's in this?"
    """
    if version:
        stdout().write(f"vision {__version__}\n")
        raise typer.Exit
    if context.invoked_subcommand is None:
        stdout().write(context.get_help() + "\n")
        raise typer.Exit(2)


@app.command(cls=Command, epilog=SEE_README)
def ask(
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
    media_format: Annotated[
        list[str],
        typer.Option(
            "--format", metavar="[IMAGE=]TYPE", help="Media type instead of libmagic's: image/jpeg."
        ),
    ] = [],  # noqa: B006
    detail: Annotated[
        DetailWord | None, typer.Option("--detail", help="How closely the model looks.")
    ] = None,
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
    inline: Annotated[
        bool, typer.Option("--inline", help="Fetch URLs here even where the provider would.")
    ] = False,
    no_prep: Annotated[
        bool, typer.Option("--no-prep", help="Send pictures as they are: type, size, metadata.")
    ] = False,
    max_side: Annotated[
        int | None,
        typer.Option("--max-side", min=16, metavar="N", help="Longer side at most, in pixels."),
    ] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Fetch from private addresses too.")
    ] = False,
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
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Errors only on stderr.")] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Tracebacks, and what is sent where.")
    ] = False,
) -> None:
    """Ask a vision model about one or more images.

    vision ask photo.png "what's in this?"

    Without -m: $VISION_MODEL, the configuration, the provider whose key is set, else local/eyes.
    """
    options = AskOptions(**locals())
    from .ask import run

    raise typer.Exit(run(options))


@app.command(cls=Command, epilog=OF_MODELS)
def models(
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
    from .models import run

    raise typer.Exit(run(options))


@app.command(cls=Command, epilog=OF_CHECK)
def check(
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
    from .check import run

    raise typer.Exit(run(options))


@app.command(cls=Command, epilog=OF_PREP)
def prep(
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
    from .prep import run

    raise typer.Exit(run(options))


@app.command(cls=Command)
def completions(
    shell: Annotated[Shell, typer.Argument(help="The shell to complete in.", show_default=False)],
) -> None:
    """Print the completion script of a shell."""
    from .completions import script

    stdout().write(script(shell))


app.add_typer(batch_app.app)


def main(args: Sequence[str] | None = None) -> int:
    """The exit status of the command line `args` (sys.argv without the program by default)."""
    words = list(sys.argv[1:] if args is None else args)
    before = words[: words.index("--")] if "--" in words else words
    return report.run(
        lambda: _dispatch(words),
        json="--json" in before,
        debug="--debug" in before,
    )


def _dispatch(words: Sequence[str]) -> int:
    command = typer.main.get_command(app)
    try:
        status = command.main(list(words), prog_name="vision", standalone_mode=False)
    except typer.TyperException as error:
        raise usage_error(error.format_message().rstrip("."), words) from None
    return status if isinstance(status, int) else 0
