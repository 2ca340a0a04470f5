"""The options of `vision doctor`."""

from typing import Annotated

import typer

from visioncli.cli.options import DoctorOptions

EPILOG = "No key is shown; nothing is sent but a question to servers of models on this machine. \
Exit status: 0 nothing is wrong, 1 something is, 2 usage."


def command(
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object a finding on stdout.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Tracebacks.")] = False,
) -> None:
    """Say what is installed, configured and reachable, and what is wrong with it.

    vision doctor
    """
    options = DoctorOptions(**locals())
    from visioncli.cli.doctor import run

    raise typer.Exit(run(options))
