"""`vision prep`: what would be sent of pictures, in words, in JSON, or as files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import field
from typing import Any

from visioncli import api, choice, config, costs, fitting, providers
from visioncli.config import Settings
from visioncli.core.errors import ImageProblem, OutputProblem, UsageError, VisionError
from visioncli.core.record import record
from visioncli.core.target import Limits, ModelRef, Provider
from visioncli.core.types import PDF, Blob, ImagePart, Request, Unfetched
from visioncli.images import folders, limits, names, sources
from visioncli.images.picture import Picture
from visioncli.images.preparing.prepare import megabytes
from visioncli.images.sources import Piped
from visioncli.local import LOCAL

from . import inputs, report, stdin, values
from .answers import images_json
from .options import PrepOptions
from .prep_files import Folder
from .terminal import Notes, Out, clean_line, stderr, stdout

NO_ANSWER = "the length of the answer"  # which nobody asks for here


def run(options: PrepOptions) -> int:
    """The exit status: all pictures are done, and the first that is not 0 counts."""
    out, notes = stdout(), stderr(quiet=options.quiet)
    out.write("")  # a closed one says so now
    settings = config.load()
    providers.check(settings)
    (chosen,) = choice.choose([options.model] if options.model else [], settings)
    if chosen.ref == choice.EYES and options.output:
        raise UsageError(
            f"{chosen.ref} looks at pictures as they are: there is nothing to write",
            hint="-m PROVIDER/MODEL says for which model they are made fit",
        )
    if chosen.why is not None:
        notes.note(f"for {chosen.ref}: {chosen.why}")
    folder = Folder(options.output, overwrite=options.overwrite) if options.output else None
    return Preparing.make(chosen.ref, options, settings, out, notes, folder).all()


@record
class Preparing:
    """All pictures for one model. known_as: what the catalogue calls it. told: the reasons for
    which tokens or prices are not known, each of which is told once.
    """

    ref: ModelRef
    known_as: ModelRef
    row: Provider
    options: PrepOptions
    settings: Settings
    out: Out
    notes: Notes
    folder: Folder | None
    told: set[str] = field(default_factory=set)

    @classmethod
    def make(
        cls,
        ref: ModelRef,
        options: PrepOptions,
        settings: Settings,
        out: Out,
        notes: Notes,
        folder: Folder | None,
    ) -> Preparing:
        """No key and no address are needed: nothing is sent."""
        if ref == choice.EYES:
            notes.note(f"{ref} looks at pictures as they are: nothing is prepared")
            return cls(ref, ref, LOCAL, options, settings, out, notes, folder)
        row = providers.provider(ref.provider, settings, model=ref.model, env=os.environ)
        vision, why = choice.sees(ref, settings)
        if vision is False:
            notes.warn(f"{ref} is known not to see pictures ({why})")
        elif vision is None:
            notes.warn(f"whether {ref} sees pictures is not known ({why})")
        if bounds := limits_line(row):
            notes.note(f"{row.name} takes {bounds} ({row.source})")
        known_as = choice.known_as(ref, settings)
        return cls(ref, known_as, row, options, settings, out, notes, folder)

    def all(self) -> int:
        status, kept, piped = 0, dict[str, Blob](), self._piped()
        for image in self._images():
            try:
                if isinstance(image, VisionError):
                    raise image
                self._one(image, piped, kept)
            except VisionError as error:
                if isinstance(error, OutputProblem) and error.code != "output_exists":
                    raise  # the next one could not be written either
                ended = self._failed(error, image)
                status = status or ended
        return status

    def _piped(self) -> Piped | None:
        if self.options.images.count(names.STDIN) > 1:
            raise UsageError("stdin can be read once, and is named twice", hint="one - is enough")
        return Piped(lambda: stdin.named(self.notes.note, "the picture"))

    def _images(self) -> Iterator[str | VisionError]:
        """Names of single pictures; an error in the place of those that are not to be had."""
        for word in self.options.images:
            image = os.path.expanduser(word) if word.startswith("~/") else word  # noqa: PTH111 - the name may hold anything
            try:
                if not inputs.is_many(image):
                    yield from sources.each(image)
                elif os.path.isdir(image):  # noqa: PTH112 - as above
                    deep = self.options.recursive
                    yield from folders.inside(image, deep=deep, warn=self.notes.warn)
                else:
                    yield from folders.matching(image, warn=self.notes.warn)
            except (ImageProblem, UsageError) as error:
                yield error

    def _asked(self, image: str, kept: dict[str, Blob]) -> api.Asked:
        options, own = self.options, self.settings.ask
        formats = values.formats(options.media_format, None)
        kind = formats.get(image) or formats.get("")
        detail = options.detail.value if options.detail else own.detail
        named = [ImagePart(kind, image, detail)]
        return api.Asked(
            request=Request(messages=api.question("", named)),
            inline=options.inline or own.inline or self.folder is not None,
            allow_private=options.allow_private,
            max_side=own.max_side if options.max_side is None else options.max_side,
            timeout=own.timeout or api.TIMEOUT,
            retries=api.RETRIES if own.retries is None else own.retries,
            kept=kept,
        )

    def _one(self, image: str, piped: Piped | None, kept: dict[str, Blob]) -> None:
        asked = self._asked(image, kept)
        pictures = api.read(asked, self.row, stdin=piped)
        if self.ref != choice.EYES:
            pictures = fitting.fitted(asked, self.known_as, self.row, pictures)
        (picture,) = pictures
        blob = picture.blob
        encoded = 4 * ((blob.size + 2) // 3) if blob else 0
        limits.check(pictures, self.row, request_bytes=encoded)
        for warning in picture.warnings:
            self.notes.warn(warning)
        cost = costs.estimate(self.ref, asked.request, pictures, self.known_as)
        for reason in cost.unknown:
            if not reason.startswith(NO_ANSWER) and reason not in self.told:
                self.told.add(reason)
                self.notes.note(f"not known: {reason}")
        file = None
        if self.folder is not None and blob is not None and not isinstance(blob, Unfetched):
            file = self.folder.write(picture, blob)
        if self.options.json:
            report.print_json(self.out, self._object(picture, cost, file))
        else:
            self.out.write(clean_line(self._line(picture, cost, file)) + "\n")

    def _object(self, picture: Picture, cost: costs.Estimate, file: str | None) -> dict[str, Any]:
        (seen,) = images_json((picture,))
        return {
            "model": str(self.ref),
            **seen,
            "done": list(picture.steps),
            "tokens": cost.image_tokens,
            "usd": cost.usd_input,
            "file": file,
            "warnings": list(picture.warnings),
        }

    def _line(self, picture: Picture, cost: costs.Estimate, file: str | None) -> str:
        parts = [picture.done or f"{_found(picture)}: {self._why(picture)}"]
        if self.ref != choice.EYES and picture.media_type != PDF:
            parts.append(_count(cost.image_tokens))
            if cost.usd_input is not None:
                parts.append(costs.shown(cost.usd_input))
        if file is not None:
            parts.append(f"in {names.shown(file)}")
        return "; ".join(parts)

    def _why(self, picture: Picture) -> str:
        if picture.blob is None:
            what = "its id" if picture.is_id else "its address; --inline fetches it here"
            return f"{self.row.name} is sent {what}"
        if picture.media_type == PDF:
            return f"sent as it is; {self.row.name} reads it"
        return "looked at as it is" if self.ref == choice.EYES else "sent as it is"

    def _failed(self, error: VisionError, image: str | VisionError) -> int:
        report.say(error, debug=self.options.debug)
        if self.options.json:
            source = names.shown(image) if isinstance(image, str) else None
            said = {"source": source, "error": report.error_json(error)}
            report.print_json(self.out, said)
        return error.exit


def _found(picture: Picture) -> str:
    if picture.blob is None:
        return picture.shown
    size = "{}x{} ".format(*picture.pixels) if picture.pixels else ""
    kind = (picture.media_type or "").removeprefix("image/").removeprefix("application/")
    return f"{picture.shown} {size}{kind} {megabytes(picture.blob.size)}"


def _count(tokens: int | None) -> str:
    if tokens is None:
        return "tokens not known"
    return "1 token" if tokens == 1 else f"{tokens:,} tokens"


def limits_line(row: Provider) -> str:
    """ "jpeg, png; at most 5 images and 4.0 MB a request, 8,000 px a side"; "" where none is known.

    Bytes of an image are those of the file, unless it says base64.
    """
    limit: Limits = row.limits
    said = {
        "{:,} images a request": limit.images_per_request,
        "{} a request": limit.request_bytes and megabytes(limit.request_bytes),
        "{} an image": limit.image_bytes and megabytes(limit.image_bytes),
        "{} an image in base64": limit.image_base64_bytes and megabytes(limit.image_base64_bytes),
        "{:,} px a side": limit.image_side,
        "{:,} px an image": limit.image_pixels,
    }
    most = ", ".join(text.format(value) for text, value in said.items() if value)
    kinds = ", ".join(kind.partition("/")[2] for kind in row.media_types)
    return "; ".join(filter(None, (kinds, most and f"at most {most}")))
