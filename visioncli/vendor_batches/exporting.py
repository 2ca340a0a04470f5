"""OpenAI's batch file, written here and sent nowhere: for `vllm run-batch` and its like."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from visioncli import providers
from visioncli.aim import Aim, take
from visioncli.asked import Asked
from visioncli.batch.item import Item
from visioncli.batch.job import Job
from visioncli.config import Settings
from visioncli.core.errors import OutputProblem, UsageError, VisionError
from visioncli.core.record import record
from visioncli.core.target import ModelRef

from .building import Builder
from .kept import Kept
from .openai import ENDPOINTS, OpenAI

NAME = 40  # characters of an image's name that a custom id shows
NOWHERE = "http://127.0.0.1/v1"  # stands for the address of who will read the file
OTHER = re.compile(r"[^A-Za-z0-9_.-]+")


@record(frozen=False)
class Exported:
    """failed: items that could not be asked, which are not in the file. problem: of the first."""

    requests: int = 0
    failed: int = 0
    problem: VisionError | None = None


def aim(asked: Asked, ref: ModelRef, settings: Settings) -> Aim:
    """Without a key. A server that has no default address needs none for this."""
    url = asked.base_url
    row = providers.provider(ref.provider, settings, model=ref.model)
    if url is None and row.base_url is None and not row.base_url_for:
        url = NOWHERE
    return take(ref, settings, pictures=True, base_url=url, force=asked.force, dry=True)


def written(path: str, pieces: Iterable[bytes]) -> None:
    """A new file, whole or not there. Raises OutputProblem (13)."""
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        raise OutputProblem(f"{path} exists", hint="another name with -O", code="exists") from None
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from None
    try:
        with os.fdopen(fd, "wb") as file:
            for piece in pieces:
                file.write(piece)
    except BaseException as error:
        with suppress(OSError):
            Path(path).unlink()
        if isinstance(error, OSError):
            raise _unwritable(path, error) from None
        raise


def _unwritable(path: str, error: Exception) -> OutputProblem:
    reason = getattr(error, "strerror", None) or "no file can have this name"
    return OutputProblem(f"{path} cannot be written: {reason}")


def lines(
    aim: Aim, question: Job, items: Iterable[Item], done: Exported, warn: Callable[[str], None]
) -> Iterator[bytes]:
    """The file, piece by piece. done: counts along. Raises UsageError (2) for another wire."""
    if aim.target.provider.dialect not in ENDPOINTS:
        raise UsageError(
            f"{aim.ref} is not asked as OpenAI's models are, and the file holds nothing else",
            hint="another model with -m, such as vllm/NAME",
        )
    builder, warned = Builder(aim, question, OpenAI()), set[str]()
    for item in items:
        built = builder.built(item)
        if isinstance(built, Kept):
            assert built.error is not None  # noqa: S101 - why else is it none
            done.failed += 1
            done.problem = done.problem or built.error
            warn(f"left out: {built.error.message}")
            continue
        for warning in built.warnings:
            if warning not in warned:
                warned.add(warning)
                warn(warning)
        yield from builder.line(built, _custom_id(item))
        yield b"\n"
        done.requests += 1


def _custom_id(item: Item) -> str:
    """Its place in the list, from 1, and for people the end of its name."""
    name = OTHER.sub("_", item.images[0])[-NAME:].strip("_") if item.images else ""
    return f"{item.number + 1}-{name}" if name else str(item.number + 1)
