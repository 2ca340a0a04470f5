"""The options of `vision serve`."""

from typing import Annotated

import typer

from visioncli.cli.options import ServeOptions

EPILOG = "Without --config every PROVIDER/MODEL is served whose provider's key is set, and \
local/eyes. The master key is the configuration's or $VISION_MASTER_KEY; without one only this \
machine is served. Exit status: 2 usage or configuration, 4 key, 130 or 143 when it is stopped."


def command(
    config: Annotated[
        str | None,
        typer.Option("--config", metavar="FILE", help="LiteLLM's config.yaml, or our TOML."),
    ] = None,
    host: Annotated[str, typer.Option("--host", metavar="HOST", help="Where to listen.")] = (
        "127.0.0.1"
    ),
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, metavar="PORT", help="0: any that is free.")
    ] = 4000,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Errors only on stderr.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Tracebacks.")] = False,
) -> None:
    """Serve every provider at one address that speaks OpenAI's and Anthropic's APIs.

    vision serve --config config.yaml
    """
    options = ServeOptions(**locals())
    from visioncli.cli.serve import run

    raise typer.Exit(run(options))
