"""The options of `vision completions`."""

from typing import Annotated

import typer

from visioncli.cli.options import Shell
from visioncli.cli.terminal import stdout

EPILOG = None


def command(
    shell: Annotated[Shell, typer.Argument(help="The shell to complete in.", show_default=False)],
) -> None:
    """Print the completion script of a shell."""
    from visioncli.cli.completions import script

    stdout().write(script(shell))
