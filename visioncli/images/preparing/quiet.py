"""libtiff writes its complaints to file descriptor 2, past every Python stream."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_ONE = threading.Lock()  # the descriptor is the whole process's
STDERR = 2


@contextmanager
def quiet_libtiff(needed: bool) -> Iterator[None]:
    """Points descriptor 2 to nowhere inside; another thread's message to it is lost meanwhile."""
    if not needed:
        yield
        return
    with _ONE:
        with suppress(OSError, ValueError, AttributeError):
            sys.stderr.flush()
        try:
            kept = os.dup(STDERR)
        except OSError:  # closed: nothing to silence
            yield
            return
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, STDERR)
            os.close(nowhere)
            yield
        finally:
            os.dup2(kept, STDERR)
            os.close(kept)
