"""What a row may need and not every machine has; each with the reason why it is skipped there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache

from .rows import Row


@cache
def lacking(need: str) -> str:
    """Why the need is not met here; "" where it is."""
    match need:
        case "linux":
            return "" if sys.platform == "linux" else "this is no Linux"
        case "root":
            return "" if hasattr(os, "geteuid") and os.geteuid() == 0 else "only root may do this"
        case "mount":
            return (
                ""
                if _runs("unshare", "-m", "mount", "-t", "tmpfs", "t", "/mnt")
                else ("this user may not mount anything")
            )
        case "netns":
            return "" if _runs("unshare", "-n", "true") else "there are no network namespaces"
        case "ptrace":
            return "" if _runs("strace", "-o", os.devnull, "true") else "strace does not run here"
    return "" if shutil.which(need) else f"{need} is not installed"


def _runs(*command: str) -> bool:
    if not shutil.which(command[0]):
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def skipped(row: Row) -> str:
    """Why it is not run here, or ""."""
    return next(filter(None, map(lacking, row.needs)), "")
