"""`vision models`: what is known of models, as a table, as ids, or as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

from visioncli import config, providers
from visioncli.catalogue import lookup
from visioncli.config import Settings
from visioncli.core.errors import UsageError
from visioncli.core.target import ModelRef
from visioncli.models import listing
from visioncli.models.listing import Known, Wanted

from . import model_table, render, report
from .options import Colour, ModelsOptions
from .terminal import Notes, Out, clean_line, stderr, stdout

AT_ONCE = 200  # lines a write: each costs a call of the system
NO_MATCH = 1
FLAGS = {  # of those that say what is listed, and how
    "--all": "every",
    "--retired": "retired",
    "--available": "available",
    "--ids": "ids",
    "--json": "json",
    "--quiet": "quiet",
    "-q": "quiet",
}
JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
FACTS = (  # in --json, as catalogue.facts names them
    *("released", "knowledge", "context", "context_other", "max_output", "usd_in", "usd_in_other"),
    *("usd_out", "usd_out_other", "usd_image", "usd_picture", "input", "output", "mode", "status"),
    *("says", "differs", "missing_in"),
)


def run(options: ModelsOptions) -> int:
    """The exit status: 1 where no model is like that."""
    _consistent(options)
    if options.refresh:
        from . import refresh  # the HTTP client, for this alone

        return refresh.run(
            options.source, quiet=options.quiet, json=options.json, debug=options.debug
        )
    out, notes = stdout(), stderr(quiet=options.quiet)
    out.write("")  # a closed one says so now
    look = render.look(options.color, terminal=out.is_terminal)
    settings = config.load()
    providers.check(settings)
    wanted = Wanted(
        patterns=tuple(options.pattern),
        provider=options.provider,
        unseeing=options.every,
        retired=options.retired,
        available=options.available,
        max_price=options.max_price,
    )
    found = listing.listed(wanted, settings, with_facts=not options.ids)
    for trouble in found.troubles:
        notes.warn(trouble)
    report.warn_of_damage(notes)
    if not found.models:
        _tell_nothing(wanted, settings, notes)
    elif options.ids:
        _write(out, sorted((clean_line(m.model) for m in found.models), key=str.lower))
    elif options.json:
        _write(out, [report.escaped(JSON.encode(as_object(model))) for model in found.models])
    else:
        size = out.size() if out.is_terminal else None
        table = model_table.table(found.models, look, size, verdicts=options.every)
        _write(out, table.lines)
        if out.is_terminal:
            _tell(found.models, table, notes)
    if found.unpriced:
        notes.note(f"{_count(found.unpriced)} left out: no price is known")
    return 0 if found.models else NO_MATCH


def plain(words: Sequence[str]) -> int | None:
    """The exit status of `vision models WORDS`, where they are patterns and options without values:
    no parser is needed for those, and loading it takes as long as the list. None for others.
    """
    options = [word for word in words if word.startswith("-")]
    if not all(word in FLAGS for word in options):
        return None
    unsaid: dict[str, Any] = dict.fromkeys(ModelsOptions._fields, False)
    unsaid |= {"provider": None, "max_price": None, "source": [], "color": Colour.AUTO}
    given = dict.fromkeys((FLAGS[word] for word in options), True)
    patterns = [word for word in words if not word.startswith("-")]
    said = ModelsOptions(**{**unsaid, **given, "pattern": patterns})
    return report.run(lambda: run(said), json=said.json, debug=False)


def _consistent(options: ModelsOptions) -> None:
    """Options that exclude or need each other."""
    if options.ids and options.json:
        raise UsageError("--ids and --json exclude each other", hint="leave one of them out")
    if options.source and not options.refresh:
        raise UsageError(
            "--source says what --refresh reads",
            hint=f"vision models --refresh --source {options.source[0]}",
        )
    if options.max_price is not None and not math.isfinite(options.max_price):
        raise UsageError("--max-price is no price", hint="--max-price 1.50")
    narrows = {
        "a pattern": options.pattern,
        "--provider": options.provider,
        "--all": options.every,
        "--retired": options.retired,
        "--available": options.available,
        "--max-price": options.max_price is not None,
        "--ids": options.ids,
    }
    said = next((name for name, given in narrows.items() if given), None)
    if options.refresh and said:
        raise UsageError(
            f"--refresh lists nothing, so {said} has no meaning beside it",
            hint="vision models --refresh, and then the list",
        )


def _tell(models: Sequence[Known], table: model_table.Table, notes: Notes) -> None:
    """How many stand above, and what does not."""
    wider = f"; wider: {', '.join(table.left_out)}" if table.left_out else ""
    notes.note(f"{_count(len(models))}{wider}; columns: vision models --help")


def _write(out: Out, lines: Sequence[str]) -> None:
    for start in range(0, len(lines), AT_ONCE):
        out.write("\n".join((*lines[start : start + AT_ONCE], "")))


def as_object(model: Known) -> dict[str, Any]:
    """What `--json` says of a model; null is not known. Prices: US dollars."""
    said = {**model._asdict(), **dict.fromkeys(FACTS)}
    del said["facts"]
    if facts := model.facts:
        said |= {name: getattr(facts, name) for name in FACTS if name != "usd_picture"}
        said["says"] = [
            {"source": source, "as_of": as_of, "vision": vision}
            for source, as_of, vision in facts.says
        ]
    prices = ("usd_in", "usd_out", "usd_picture")
    return said | {name: getattr(model, name) for name in prices}


def _tell_nothing(wanted: Wanted, settings: Settings, notes: Notes) -> None:
    """Why the list is empty, and what would be in it."""
    named = " or ".join(repr(pattern) for pattern in wanted.patterns)
    notes.note(f"no model matches{f' {named}' if named else ' these options'}")
    for hint in _remedies(wanted, settings):
        notes.note(f"  try: {hint}")


def _remedies(wanted: Wanted, settings: Settings) -> Iterator[str]:
    """The first of the conditions without which something would be listed, else near names."""
    narrow = {
        "--max-price": wanted.max_price is not None,
        "--available": wanted.available,
    }
    said = [name for name, given in narrow.items() if given]
    free = wanted._replace(max_price=None, available=False)
    if said and (others := listing.listed(free, settings, with_facts=False).models):
        yield f"without {' and '.join(said)}, which leaves {_count(len(others))}"
        return
    others = listing.listed(free._replace(unseeing=True), settings, with_facts=False).models
    if others and not wanted.unseeing:
        yield f"--all, which shows {_count(len(others))}: blind, retired, unknown, or beyond reach"
        return
    near = dict.fromkeys(
        name for pattern in wanted.patterns for name in lookup.near(ModelRef(*_parted(pattern)))
    )
    if near:
        yield f"did you mean {' or '.join(near)}?"


def _parted(pattern: str) -> tuple[str, str]:
    provider, slash, model = pattern.strip("*").partition("/")
    return (provider, model) if slash else ("", provider)


def _count(number: int) -> str:
    return f"{number} model{'s' if number != 1 else ''}"
