"""What a measurement gives: figures with their goals, in topics; to JSON and from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One number.

    goal: the most that it may be. beside: it is another program's. note: what belongs to it.
    """

    name: str
    value: float
    unit: str
    note: str = ""
    goal: float | None = None
    beside: bool = False

    @property
    def met(self) -> bool | None:
        """None: it has no goal."""
        return None if self.goal is None else self.value <= self.goal


@dataclass(frozen=True, slots=True)
class Topic:
    """Figures that were measured side by side. says: what was done, in a sentence or two.

    missing: who should stand beside ours and could not. date: of the measurement, ISO 8601.
    others: the share of the machine that others used meanwhile, None where it does not tell.
    """

    key: str
    title: str
    says: str
    figures: tuple[Figure, ...]
    missing: tuple[str, ...] = ()
    date: str = ""
    python: str = ""
    cores: int = 0
    others: float | None = None
    quick: bool = False
    peers: Mapping[str, str] = field(default_factory=dict)

    @property
    def command(self) -> str:
        return f"python -m tests.bench --only {self.key}"

    def value(self, name: str) -> float | None:
        return next((figure.value for figure in self.figures if figure.name == name), None)


def as_json(topics: Mapping[str, Topic]) -> dict[str, Any]:
    """With verdicts, and every topic's command, for whoever reads it elsewhere."""
    written = {}
    for key, topic in topics.items():
        rows = [{**asdict(figure), "met": figure.met} for figure in topic.figures]
        written[key] = {**asdict(topic), "command": topic.command, "figures": rows}
    return written


def from_json(written: Mapping[str, Any]) -> dict[str, Topic]:
    """Verdicts are not read: the figures tell them."""
    topics = {}
    for key, row in written.items():
        fields = {name: value for name, value in row.items() if name != "command"}
        figures = [
            Figure(**{name: value for name, value in figure.items() if name != "met"})
            for figure in fields.pop("figures")
        ]
        missing = tuple(fields.pop("missing"))
        topics[key] = Topic(**fields, figures=tuple(figures), missing=missing)
    return topics
