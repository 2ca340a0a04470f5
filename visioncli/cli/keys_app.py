"""`vision keys …`: its commands and their options.

Annotations are no strings here, as in main.
"""

from typing import Annotated, NamedTuple

import typer

from .parser import Command, Group

SEE = "Your keys, for every command: after the environment's, before a command of config.toml."
OF_SET = "The key is the one line on stdin; on a terminal it is asked for, and not shown. With \
`pip install 'visioncli[keyring]'` it goes into the system's keyring where there is one, else into \
a file that you alone can read. Exit status: 2 usage, 3 provider, 4 no key, or none that can be \
sent, 13 the store cannot be written."

app = typer.Typer(name="keys", cls=Group, help=SEE, add_completion=False)


class KeysOptions(NamedTuple):
    """provider: "" where none is named."""

    provider: str
    json: bool
    quiet: bool
    debug: bool


Whose = Annotated[
    str,
    typer.Argument(
        metavar="PROVIDER", help="openai, anthropic, … or one of yours.", show_default=False
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a key on stdout.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Errors only on stderr.")]
Debug = Annotated[bool, typer.Option("--debug", help="Tracebacks.")]


@app.command("set", cls=Command, epilog=OF_SET)
def set_(provider: Whose, quiet: Quiet = False, debug: Debug = False) -> None:
    """Keep a provider's key, in place of the one that was kept.

    vision keys set openai < key.txt
    """
    from .keys import put as run

    raise typer.Exit(run(KeysOptions(provider, json=False, quiet=quiet, debug=debug)))


@app.command("list", cls=Command)
def list_(json: Json = False, quiet: Quiet = False, debug: Debug = False) -> None:
    """List whose keys there are and where from, each by its last four letters at most."""
    from .keys import listing as run

    raise typer.Exit(run(KeysOptions("", json=json, quiet=quiet, debug=debug)))


@app.command(cls=Command)
def remove(provider: Whose, quiet: Quiet = False, debug: Debug = False) -> None:
    """Forget a provider's key; that of a variable stays where it is set."""
    from .keys import remove as run

    raise typer.Exit(run(KeysOptions(provider, json=False, quiet=quiet, debug=debug)))


@app.command(cls=Command)
def path(debug: Debug = False) -> None:
    """Print the file in which keys are kept, be it there or not."""
    from .keys import path as run

    raise typer.Exit(run(KeysOptions("", json=False, quiet=False, debug=debug)))
