"""What is in this? Sentences that are each a measurement on the picture."""

from __future__ import annotations

from collections.abc import Iterable

from .seen import Found, Share
from .view import View
from .words import count_of, listed, percent, with_article

LIKELY = 0.30
SHOWN = 4  # rows of text that a description quotes
QUOTED = 60  # characters of a row


def shares(colours: Iterable[Share], most: int) -> str:
    """'red 60%, white 40%'; a colour of less than one in a hundred is left out."""
    kept = [(name, share) for name, share in colours if share >= 0.01][:most]
    return ", ".join(f"{name} {percent(share)}" for name, share in kept)


def quoted(text: str, limit: int = QUOTED) -> str:
    return f"“{text[:limit]}{'…' if len(text) > limit else ''}”"


def tally(found: Iterable[Found]) -> list[tuple[str, int, float]]:
    """[(label, how many, best score)], surest first."""
    by: dict[str, list[float]] = {}
    for f in found:
        by.setdefault(f.label, []).append(f.score)
    counted = ((label, len(scores), max(scores)) for label, scores in by.items())
    return sorted(counted, key=lambda item: (-item[2], item[0]))


def _counted(found: Iterable[Found]) -> str:
    return listed([f"{count_of(n, label)} ({percent(p)})" for label, n, p in tally(found)])


def describe(view: View) -> str:
    """Several sentences; the figures in brackets are the models' scores."""
    size = f"{view.picture.width}x{view.picture.height} px."
    end = f"Main colours: {shares(view.pixels.colours, 3)}. {size}"
    if view.plain:
        return f"Nothing but {view.plain}: one plain colour. {end}"
    said = _document(view) if view.sort == "document" else _scene(view)
    return " ".join((*said, end))


def _document(view: View) -> list[str]:
    beginning = f", beginning {quoted(view.rows[0])}" if view.rows else ""
    lines = count_of(len(view.rows), "line")
    said = [f"A document, screenshot or chart with {lines} of text{beginning}."]
    if sure := view.sure():
        said.append(f"It also shows {_counted(sure)}.")
    return said


def _scene(view: View) -> list[str]:
    sure, maybe = view.sure(), view.maybe()
    said = [f"{_sort(view)} that shows {_counted(sure)}."] if sure else []
    weak = [f for f in maybe if f.label not in {g.label for g in sure}]
    if weak and sure:
        said.append(f"Maybe also {_counted(weak)}.")
    said += _whole(view, {f.label for f in sure})
    if rows := view.rows:
        more = "…" if len(rows) > SHOWN else ""
        said.append(f"It contains text: {' / '.join(quoted(row) for row in rows[:SHOWN])}{more}.")
    return said


def _sort(view: View) -> str:
    if view.pixels.grey:
        return "A black-and-white picture"
    return "A graphic" if view.sort == "graphic" else "A photo"


def _whole(view: View, shown: set[str]) -> list[str]:
    """What the classifier adds to the objects that were found."""
    labels = view.labels
    top, chance = labels.top[0]
    if labels.best:
        name, p = labels.best
        kinds = labels.parents.get(name, frozenset((name.lower(),)))
        # "Animal" says nothing new beside a horse, and "Egyptian cat" does beside a cat.
        if shown and any(name.lower() in _kinds_of(view, label) for label in shown):
            return []
        likely = ""
        if name.lower() != top.lower() and chance > LIKELY and name.lower() in labels.parents[top]:
            likely = f", most likely {with_article(top)} ({percent(chance)})"
        if shown and kinds & shown:
            return [f"More closely it looks like {with_article(name)} ({percent(p)}){likely}."]
        return [f"As a whole it looks like {with_article(name)} ({percent(p)}){likely}."]
    if shown:
        return []
    guesses = ", ".join(f"{name} ({percent(p)})" for name, p in labels.top[:3])
    if labels.hint:
        name, p = labels.hint
        return [f"{_sort(view)}, possibly of {with_article(name)} ({percent(p)})."]
    return [f"{_sort(view)} whose subject I cannot name; nearest guesses: {guesses}."]


def _kinds_of(view: View, label: str) -> set[str]:
    """Everything that a COCO name is a kind of, as far as the classifier's names tell."""
    kinds = {label}
    for above in view.labels.parents.values():
        if label in above:
            kinds |= {"animal"} & above | {"vehicle"} & above
    return kinds


def caption(view: View) -> str:
    """One sentence without figures, as for an alt text."""
    if view.plain:
        return f"A plain {view.plain} picture."
    if view.sort == "document":
        title = view.title or (view.rows[0] if view.rows else "")
        return f"A page of text headed {quoted(title)}." if title else "A page of text."
    sort = _sort(view)
    text = f", with the text {quoted(view.rows[0])}" if view.rows else ""
    if sure := view.sure():
        counted = listed([with_article(k) if n == 1 else count_of(n, k) for k, n, _ in tally(sure)])
        return f"{sort} of {counted}{text}."
    if best := view.labels.best:
        return f"{sort} that looks like {with_article(best[0])}{text}."
    colours = listed([name for name, share in view.pixels.colours[:2] if share >= 0.1])
    return f"{sort}, mostly {colours}{text}."
