"""The folder of `prep -O`: what would be sent, a file each, and nothing that was there is lost."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from visioncli.core.errors import OutputProblem
from visioncli.core.types import PDF, Blob
from visioncli.images import names, sources
from visioncli.images.picture import Picture

from .terminal import clean_line

EXTENSIONS = {"image/jpeg": "jpg", "image/svg+xml": "svg", PDF: "pdf"}  # else the type's own name
LONGEST = 200  # bytes of a name without its extension; file systems end at 255 with it
TEMPORARY = ".vision-prep-"


class Folder:
    """Files written in one run get names of their own, also where their pictures have one name."""

    def __init__(self, path: str, *, overwrite: bool) -> None:
        """Makes the folder where there is none. Raises OutputProblem (13)."""
        self._path, self._overwrite = path, overwrite
        self._taken: set[str] = set()  # in small letters: some file systems know no others
        try:
            os.makedirs(path, exist_ok=True)  # noqa: PTH103 - the name may hold anything
        except FileExistsError:
            what = f"{clean_line(path)} is a file, and -O names a folder"
            raise OutputProblem(what, hint="-O FOLDER") from None
        except (OSError, ValueError) as error:
            raise _failed(path, error) from None

    def write(self, picture: Picture, blob: Blob) -> str:
        """The file's name. blob: what would be sent. Raises OutputProblem, ImageProblem."""
        target = os.path.join(self._path, self._free(name_of(picture)))  # noqa: PTH118 - as above
        self._guard(target, picture)
        passing = os.path.join(self._path, f"{TEMPORARY}{secrets.token_hex(8)}")  # noqa: PTH118 - as above
        try:
            self._fill(passing, blob)
            self._place(passing, target)
        except OSError as error:
            raise _failed(target, error) from None
        finally:
            with suppress(OSError):
                os.unlink(passing)  # noqa: PTH108 - as above
        return target

    def _free(self, name: str) -> str:
        """photo.jpg, photo-2.jpg, …"""
        stem, extension = os.path.splitext(name)  # noqa: PTH122 - as above
        number, free = 1, name
        while free.lower() in self._taken:
            number += 1
            free = f"{stem}-{number}{extension}"
        self._taken.add(free.lower())
        return free

    def _guard(self, target: str, picture: Picture) -> None:
        if not os.path.lexists(target):
            return
        if not self._overwrite:
            raise _exists(target)
        folder = os.path.dirname(picture.source) or "."  # noqa: PTH120 - as above
        with suppress(OSError, ValueError):
            if not names.scheme(picture.source) and os.path.samefile(folder, self._path):  # noqa: PTH121 - as above
                raise OutputProblem(
                    f"{clean_line(target)} is in the folder of the pictures themselves, where"
                    " nothing is overwritten",
                    hint="another folder for -O",
                    code="output_exists",
                )

    def _fill(self, path: str, blob: Blob) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(path, flags, 0o666), "wb") as file:
            for piece in blob.open():
                file.write(piece)

    def _place(self, passing: str, target: str) -> None:
        """Whole, or not at all; and where it must not exist, not even since it was looked for."""
        if self._overwrite:
            os.replace(passing, target)  # noqa: PTH105 - as above
            return
        try:
            os.link(passing, target)
        except FileExistsError:
            raise _exists(target) from None
        except OSError:  # a file system without such links
            if os.path.lexists(target):
                raise _exists(target) from None
            os.rename(passing, target)  # noqa: PTH104 - as above


def name_of(picture: Picture) -> str:
    """The picture's own name, with the extension of what is sent."""
    stem, extension = os.path.splitext(_given(picture.source))  # noqa: PTH122 - as above
    page = names.pages(picture.source)
    if page is not None:
        stem, extension = f"{os.path.splitext(os.path.basename(page[0]))[0]}-{page[1]}", ""  # noqa: PTH119, PTH122 - as above
    kind = picture.media_type or ""
    if sources.EXTENSIONS.get(extension[1:].lower()) == kind:
        fitting = extension[1:]
    else:
        fitting = EXTENSIONS.get(kind) or kind.partition("/")[2].rpartition("-")[2]
    short = os.fsencode(stem)[:LONGEST].decode("utf-8", "ignore") if len(stem) > LONGEST else stem
    return f"{short}.{fitting}"


def _given(source: str) -> str:
    kind = names.scheme(source)
    if source == names.STDIN:
        return "stdin"
    if kind in ("http", "https"):
        last = PurePosixPath(unquote(urlsplit(source).path, errors="replace")).name
        plain = "".join(c if c.isprintable() and c not in '/\\:*?"<>|' else "_" for c in last)
        return plain.lstrip(".") or "picture"
    if kind:
        return kind
    return os.path.basename(source) or "picture"  # noqa: PTH119 - as above


def _exists(target: str) -> OutputProblem:
    return OutputProblem(
        f"{clean_line(target)} exists", hint="--overwrite, or another folder", code="output_exists"
    )


def _failed(path: str, error: OSError | ValueError) -> OutputProblem:
    reason = getattr(error, "strerror", None) or "no file can have this name"
    return OutputProblem(f"{clean_line(path)} cannot be written: {reason}")
