"""`vision check`: a line a model, the exit status for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace
from typing import Any

from visioncli import api, choice, config, providers
from visioncli.catalogue import index, lookup, said
from visioncli.catalogue.lookup import Verdict
from visioncli.config import Settings
from visioncli.core.errors import UsageError, VisionError
from visioncli.core.record import record
from visioncli.core.target import ModelRef
from visioncli.images.sources import Piped
from visioncli.models import accepts, live

from . import report, stdin
from .options import CheckOptions
from .terminal import Notes, Out, clean_line, stderr, stdout

LIST = "-"
LONG = 50  # models from which on the catalogue is held in memory
REMEDIES = 5  # each takes as long as a thousand verdicts
LONGEST = 4096  # bytes of a line of the list


def run(options: CheckOptions) -> int:
    """The exit status: that of the first error, else 3, 1 or 0 by the verdicts."""
    out, notes = stdout(), stderr(quiet=options.quiet)
    out.write("")  # a closed one says so now, before anything is paid for
    _consistent(options)
    settings = config.load()
    providers.check(settings)
    checking = Checking(options, settings, out, notes)
    for name, listed in _names(options, notes):
        checking.add(name, listed=listed)
    return checking.status


def _consistent(options: CheckOptions) -> None:
    for option, value in (("--base-url", options.base_url), ("--timeout", options.timeout)):
        if value is not None and not options.live:
            raise UsageError(f"{option} is for --live: nothing is asked without", hint="--live")
    if [*options.model, options.image].count(LIST) > 1:
        raise UsageError(
            "stdin can be read once, and is asked for twice", hint="name the models, or the file"
        )


def _names(options: CheckOptions, notes: Notes) -> Iterator[tuple[str, bool]]:
    """(model, whether it is of the list): every one named, those of the list as they come."""
    for name in options.model:
        if name != LIST:
            yield name, False
            continue
        found = False
        for line in _lines(notes):
            found = True
            yield line, True
        if not found and len(options.model) == 1:
            raise UsageError("the list of models on stdin is empty", hint="vision check MODEL...")


def _lines(notes: Notes) -> Iterator[str]:
    """The lines of stdin, without the empty ones."""
    stream = stdin.named(notes.note, "the list of models")
    first = True
    while raw := stream.readline(LONGEST):
        if not raw.endswith(b"\n") and len(raw) == LONGEST:
            raise UsageError(
                f"a line on stdin has more than {LONGEST} bytes: that is no list of models",
                hint="one PROVIDER/MODEL a line",
            )
        if first:
            raw, first = raw.removeprefix(b"\xef\xbb\xbf"), False
        if line := raw.decode("utf-8", "surrogateescape").strip():
            yield line


@record(frozen=False)
class Checking:
    """Checks one model after the other and keeps what the exit status will be."""

    options: CheckOptions
    settings: Settings
    out: Out
    notes: Notes
    failed: int = 0  # the status of the first error
    count: int = 0
    verdicts: set[bool | None] = field(default_factory=set)
    remedies: int = 0
    piped: Piped | None = None
    warned: bool = False

    def __post_init__(self) -> None:
        if self.options.image == LIST:
            self.piped = Piped(lambda: stdin.named(self.notes.note, "the picture"))

    @property
    def status(self) -> int:
        return self.failed or said.status(list(self.verdicts))

    def add(self, name: str, *, listed: bool = False) -> None:
        self.count += 1
        if self.count == LONG:
            index.hold()
        try:
            ref, known = choice.named(name, self.settings)
        except VisionError as wrong:  # the configuration's base_model is no model
            self._show(None, wrong)
            self._tell(wrong, name)
            return
        found, error = (known, None) if ref is None else self._looked(ref, known)
        self.warned = self.warned or report.warn_of_damage(self.notes)
        self._show(found, error)
        if error is not None:
            self._tell(error, name)
        elif found is not None and found.source is None and not listed:
            self._remedy(ref or ModelRef("", known.model), known)

    def _looked(self, ref: ModelRef, known: Verdict) -> tuple[Verdict | None, VisionError | None]:
        """(the verdict, what went wrong): None for what there is not."""
        options = self.options
        try:
            if options.live:
                looked = self._live().look(ref, known)
                for warning in looked.warnings:
                    self.notes.warn(warning)
                return looked.verdict, looked.error
            if options.image is None:
                return known, None
            taken = accepts.taken(options.image, ref, self.settings, stdin=self.piped)
            return replace(known, why=f"{known.why}; {ref.provider} takes {taken}"), None
        except VisionError as error:
            if error.code == "unknown_provider":
                return known, None  # there is nobody to ask
            return (None if options.live else known), error

    def _live(self) -> live.Looking:
        own = self.settings.ask
        timeout = self.options.timeout or own.timeout or api.TIMEOUT
        return live.Looking(
            settings=self.settings,
            base_url=self.options.base_url,
            timeout=timeout,
            retries=api.RETRIES if own.retries is None else own.retries,
            image=self.options.image,
            stdin=self.piped,
            on_retry=self._retrying,
        )

    def _retrying(self, error: VisionError, delay: float) -> None:
        self.notes.note(f"{error.message}; again in {delay:.1f} s")

    def _show(self, verdict: Verdict | None, error: VisionError | None) -> None:
        if verdict is not None:
            self.verdicts.add(verdict.vision)
        if self.options.quiet:
            return
        if self.options.json:
            shown = {} if verdict is None else as_object(verdict)
            if error is not None:
                shown["error"] = report.error_json(error)
            report.print_json(self.out, shown)
        elif verdict is not None:
            self.out.write(clean_line(as_line(verdict)) + "\n")

    def _tell(self, error: VisionError, name: str) -> None:
        self.failed = self.failed or error.exit
        if len(self.options.model) > 1 or LIST in self.options.model:
            error.message = f"{name}: {error.message}"
        report.say(error, debug=self.options.debug)

    def _remedy(self, ref: ModelRef, verdict: Verdict) -> None:
        """Ids that are spelled alike: for people, on stderr, and never as an answer."""
        quiet = self.options.quiet or self.remedies >= REMEDIES
        if quiet or choice.is_own(ref.provider, self.settings):
            return
        self.remedies += 1
        if near := lookup.near(ref):
            self.notes.note(f"{verdict.model}: did you mean {' or '.join(near)}?")


def as_line(v: Verdict) -> str:
    return said.line(v.model, v.vision, v.why, v.source, v.as_of, v.retired)


def as_object(verdict: Verdict) -> dict[str, Any]:
    """The members of the contract, in its order."""
    return {
        "model": verdict.model,
        "vision": verdict.vision,
        "retired": verdict.retired,
        "source": verdict.source,
        "as_of": verdict.as_of,
        "why": verdict.why,
    }
