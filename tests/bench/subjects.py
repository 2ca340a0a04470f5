"""What is measured, in one place for the page of figures and for the tests."""

from __future__ import annotations

from pathlib import Path

from tests.program import CAT, PROGRAM

END_OF_JPEG = b"\xff\xd9"
LOCAL = ("-m", "vllm/any", "--no-stream")  # a row without limits of size


def large_jpeg(path: Path, size: int) -> Path:
    """A photograph before whose end marker stand as many fill bytes as it takes: all of it belongs
    to the picture, and is sent.
    """
    photo = Path(CAT).read_bytes()[: size - len(END_OF_JPEG)].removesuffix(END_OF_JPEG)
    left = size - len(photo) - len(END_OF_JPEG)
    with path.open("wb") as file:
        file.write(photo)
        while left > 0:
            left -= file.write(b"\xff" * min(left, 1 << 20))
        file.write(END_OF_JPEG)
    return path


def ask(picture: Path | str, *options: str) -> list[str]:
    return [PROGRAM, "ask", *options, str(picture), "q"]
