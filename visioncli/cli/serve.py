"""`vision serve`: the gateway, until it is told to stop."""

from __future__ import annotations

import os
from pathlib import Path

from visioncli import config, providers
from visioncli.core.errors import UsageError

from .options import ServeOptions
from .terminal import stderr

EXTRA = ("starlette", "uvicorn", "yaml", "prometheus_client")


def run(options: ServeOptions) -> int:
    """0, where it was not a signal that ended it."""
    notes = stderr(quiet=options.quiet)
    try:
        from visioncli.gateway import server, settings  # an extra, for those who serve
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in EXTRA:
            raise
        raise UsageError(
            f"the gateway needs {package}, which is not installed",
            hint="pip install 'visioncli[serve]'",
            code="extra",
        ) from None
    own = config.load()
    providers.check(own)
    loaded = settings.load(Path(options.config)) if options.config else settings.Loaded.empty()
    for warning in loaded.warnings:
        notes.warn(warning)
    for warning in settings.unset(loaded.gateway, os.environ):
        notes.warn(warning)
    server.run(loaded.gateway, own, options.host, options.port, notes.note)
    return 0
