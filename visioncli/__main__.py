"""The door. What needs no parser is answered before one is loaded: loading it costs four times as
much as starting Python.
"""

import gc
import os
import sys

TYPE_CHECKING = False  # as type checkers know it; importing `typing` costs half as much as Python
if TYPE_CHECKING:
    from typing import NoReturn


def start() -> "NoReturn":
    """`vision`. Loading makes no garbage, so nothing is looked for meanwhile; and what Python does
    when it ends, freeing all that it holds, takes a tenth of a run.
    """
    gc.set_threshold(200_000)  # objects: four times what a plain ask makes; 700 by default
    try:
        status = main()
    except KeyboardInterrupt:  # while modules were loaded; later it is told apart and tidied up
        status = 130
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):  # gone, closed, or never there
            continue
    os._exit(status)


def main() -> int:
    """The exit status of `vision`, with sys.argv as its command line."""
    words = sys.argv[1:]
    if words in (["--version"], ["-V"]):
        from . import __version__

        return _print(f"vision {__version__}\n")
    if words == ["models", "--ids"]:
        from . import door

        if (listed := door.ids()) is not None:
            return _print(listed)
    if words[:1] == ["check"]:
        from . import door

        if (status := door.check(words[1:])) is not None:
            return status
    if words[:1] == ["models"] and not {"-h", "--help"}.intersection(words):
        from .cli import models

        if (status := models.plain(words[1:])) is not None:
            return status
    from .cli.main import main as whole

    return whole(words)


def _print(text: str) -> int:
    if sys.stdout is None:
        return 13
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        return _gone(141)
    except OSError:
        return _gone(13)
    return 0


def _gone(status: int) -> int:
    """Python writes what is left once more when it ends; there is nowhere to write it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return status


if __name__ == "__main__":
    start()
