"""What is measured, in one place for the page of figures and for the tests."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.program import CAT, PROGRAM

END_OF_JPEG = b"\xff\xd9"
LOCAL = ("-m", "vllm/any", "--no-stream")  # a row without limits of size


def large_jpeg(path: Path, size: int) -> Path:
    """A photograph with a hole behind it: it takes no room on the disk, and all of it is sent."""
    shutil.copy(CAT, path)
    with path.open("r+b") as file:
        if size < Path(CAT).stat().st_size:
            file.truncate(size - len(END_OF_JPEG))
        file.seek(size - len(END_OF_JPEG))
        file.write(END_OF_JPEG)
    return path


def ask(picture: Path | str, *options: str) -> list[str]:
    return [PROGRAM, "ask", *options, str(picture), "q"]
