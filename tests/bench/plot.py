"""The results as a picture: bars in four panels, on a card of its own that follows the reader's
light or dark scheme.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from .figures import Figure, Topic
from .page import number
from .setting import NAMES

WIDTH, MARGIN = 860, 24  # px
PANEL = (WIDTH - 3 * MARGIN) // 2
ROW, BAR, TITLE = 26, 16, 34
LABEL, VALUE = 128, 66  # px beside a bar, for its name and its number
CHARACTER = 6.6  # px at most of one at 12 px
STYLE = """\
.card{fill:#fff;stroke:#d0d7de}.title{fill:#1f2328;font-weight:600}.text{fill:#1f2328}
.dim{fill:#59636e}.ours{fill:#0969da}.others{fill:#8c959f}.bold{font-weight:600}
@media(prefers-color-scheme:dark){.card{fill:#0d1117;stroke:#3d444d}.title,.text{fill:#f0f6fc}
.dim{fill:#9198a1}.ours{fill:#4493f8}.others{fill:#656c76}}
text{font:12px -apple-system,BlinkMacSystemFont,"Segoe UI","Noto Sans",Helvetica,Arial,sans-serif}
.title{font-size:13px}"""


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    value: float
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    title: str
    unit: str
    bars: Sequence[Bar]


def panels(topics: Mapping[str, Topic]) -> list[Panel]:
    """Those for which there are figures."""
    found = [
        _panel(
            "Does this model see? Start to end",
            "ms",
            topics.get("start-up"),
            {
                "vision check M": "vision check",
                "llm models": "llm models",
                "litellm.supports_vision(M)": "litellm, a script",
            },
        ),
        _panel(
            "Ask about a picture, start to end",
            "ms",
            topics.get("ask"),
            {"vision ask": "vision ask", **{name: name for name in NAMES.values()}},
        ),
        _panel(
            "Peak memory, picture of 50 MB",
            "MB",
            topics.get("memory"),
            {"vision, 50 MB": "vision ask", **{f"{n}, 50 MB": n for n in NAMES.values()}},
        ),
        _panel(
            "Processor time a picture, in a batch",
            "ms",
            topics.get("batch"),
            {f"{n}: processor time a picture": n for n in ("vision", "openai", "litellm")},
        ),
    ]
    return [panel for panel in found if panel.bars]


def _panel(title: str, unit: str, topic: Topic | None, names: Mapping[str, str]) -> Panel:
    rows = {figure.name: figure for figure in topic.figures} if topic else {}
    bars = [
        Bar(shown, _in(unit, rows[name]), not rows[name].beside)
        for name, shown in names.items()
        if name in rows
    ]
    return Panel(title, unit, sorted(bars, key=lambda bar: bar.value))


def _in(unit: str, figure: Figure) -> float:
    """A figure of start-up is a ratio, and has its milliseconds in its note."""
    if figure.unit == unit:
        return figure.value
    value, _, of = figure.note.partition(" ")
    if of != unit:
        raise ValueError(f"{figure.name} is not in {unit}")
    return float(value)


def drawn(topics: Mapping[str, Topic]) -> str:
    """One SVG."""
    shown = panels(topics)
    pairs = [shown[start : start + 2] for start in range(0, len(shown), 2)]
    parts, top = [], MARGIN
    for pair in pairs:
        for column, panel in enumerate(pair):
            left = MARGIN + column * (PANEL + MARGIN)
            parts += _drawn(panel, left, top)
        top += TITLE + ROW * max(len(panel.bars) for panel in pair) + MARGIN
    what = "; ".join(f"{panel.title}: {_told(panel)}" for panel in shown)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" width="{WIDTH}"'
        f' height="{top}" role="img"><title>{escape(what)}</title><style>{STYLE}</style>'
        f'<rect class="card" x=".5" y=".5" width="{WIDTH - 1}" height="{top - 1}" rx="6"/>'
    )
    return "\n".join([head, *parts, "</svg>", ""])


def _told(panel: Panel) -> str:
    return ", ".join(f"{bar.name} {number(bar.value)} {panel.unit}" for bar in panel.bars)


def _drawn(panel: Panel, left: int, top: int) -> Iterator[str]:
    yield f'<text class="title" x="{left}" y="{top + 12}">{escape(panel.title)}</text>'
    room = PANEL - LABEL - VALUE
    most = max(bar.value for bar in panel.bars)
    for place, bar in enumerate(panel.bars):
        y = top + TITLE + place * ROW
        wide = max(2.0, room * bar.value / most)
        kind, text = ("ours", "text bold") if bar.ours else ("others", "dim")
        name, value = escape(bar.name), f"{number(bar.value)} {panel.unit}"
        middle = y + BAR - 4
        end = left + LABEL - 8
        yield f'<text class="{text}" x="{end}" y="{middle}" text-anchor="end">{name}</text>'
        yield (
            f'<rect class="{kind}" x="{left + LABEL}" y="{y}" width="{wide:.1f}"'
            f' height="{BAR}" rx="2"/>'
        )
        beyond = left + LABEL + wide + 6
        yield f'<text class="{text}" x="{beyond:.1f}" y="{middle}">{value}</text>'
