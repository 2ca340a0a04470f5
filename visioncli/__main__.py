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

        return printed(f"vision {__version__}\n")
    if words == ["models", "--ids"]:
        from . import door

        if (listed := door.ids()) is not None:
            return printed(listed)
    if words[:1] == ["check"]:
        from . import door

        if (answer := door.check(words[1:])) is not None:
            return printed(*answer)
    if words[:1] == ["models"] and not {"-h", "--help"}.intersection(words):
        from .cli import models

        if (status := models.plain(words[1:])) is not None:
            return status
    from .cli.main import main as whole

    return whole(words)


def printed(text: str, status: int = 0) -> int:
    """`status` once `text` is on stdout; where that fails, what the whole says of it."""
    data = text.encode("ascii")
    try:  # None: it is closed, and its number may be another file's
        done = -1 if sys.stdout is None else os.write(1, data)
    except OSError:
        done = -1
    if done == len(data):
        return status
    from .cli import report  # which tells why, or waits for a pipe that takes no more for now

    return report.printed(data[max(done, 0) :].decode(), status)


if __name__ == "__main__":
    start()
