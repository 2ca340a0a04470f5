"""The text of each shell's completion script. What is to be completed comes in as plain data."""

from __future__ import annotations

from visioncli.core.record import record


@record
class Value:
    """kind: none (free text) | words | models | providers | files | dirs | types (of images).

    name: for people. words: what there is to choose from, for the kind of that name.
    """

    kind: str
    name: str
    words: tuple[str, ...] = ()


@record
class Option:
    """value: None for a flag. again: it may be given several times."""

    names: tuple[str, ...]
    help: str
    value: Value | None
    again: bool


@record
class Command:
    """path: "vision ask". arguments: the last may be given many times where `many` says so.

    commands: (name, help) of those below it.
    """

    path: str
    options: tuple[Option, ...]
    arguments: tuple[Value, ...]
    many: bool
    commands: tuple[tuple[str, str], ...]


IMAGE_TYPES = tuple(
    f"image/{name}"
    for name in ("jpeg", "png", "gif", "webp", "avif", "heic", "tiff", "bmp", "svg+xml")
)


def filled(template: str, **texts: str) -> str:
    for name, text in texts.items():
        template = template.replace(f"@{name}@", text)
    return template
