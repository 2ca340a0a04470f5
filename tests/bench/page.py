"""The results as a page of Markdown, with a verdict where there is a goal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .figures import Figure, Topic

NOISY = 0.15  # of the machine, used by others
HEAD = """\
# Speed and memory

Written by `python -m tests.bench`: {verdicts} Ratios are medians of runs in turn, in one session on
one machine; figures of different machines, or of different topics, do not compare. Milliseconds are
there for the order of magnitude. No provider is asked: servers on the same machine answer.

![start-up, asking, memory and batches beside other clients](results.svg)
"""


def page(topics: Mapping[str, Topic]) -> str:
    parts = [HEAD.format(verdicts=_verdicts(topics)), *map(_section, topics.values())]
    return "\n".join(parts)


def missed(topics: Mapping[str, Topic]) -> list[Figure]:
    return [figure for topic in topics.values() for figure in topic.figures if figure.met is False]


def _verdicts(topics: Mapping[str, Topic]) -> str:
    goals = [f for topic in topics.values() for f in topic.figures if f.met is not None]
    met = sum(figure.met is True for figure in goals)
    return f"{met} of {len(goals)} goals met."


def _section(topic: Topic) -> str:
    lines = [f"## {topic.title}", "", f"`{topic.command}` · {_when(topic)}", "", topic.says]
    if topic.missing:
        lines += ["", f"Not measured, since it was not there: {', '.join(topic.missing)}."]
    if topic.figures:
        lines += ["", "| what | figure | | goal | |", "|---|---:|---|---:|---|"]
        lines += map(_row, topic.figures)
    return "\n".join([*lines, ""])


def _when(topic: Topic) -> str:
    said = [topic.date, f"Python {topic.python}", f"{topic.cores} cores"]
    if topic.quick:
        said.append("**few runs**")
    if topic.others is not None:
        share = f"others used {topic.others:.0%} of the machine"
        said.append(f"**{share}**" if topic.others > NOISY else share)
    said += [f"{name} {version}" for name, version in topic.peers.items()]
    return ", ".join(said)


def _row(figure: Figure) -> str:
    value = " ".join(filter(None, (number(figure.value), figure.unit)))
    name = f"*{figure.name}*" if figure.beside else figure.name
    goal = "" if figure.goal is None else f"≤ {number(figure.goal)}"
    verdict = {None: "", True: "met", False: "**missed**"}[figure.met]
    return f"| {name} | {value} | {figure.note} | {goal} | {verdict} |"


def number(value: float) -> str:
    """Three digits that count, as people write them."""
    if value == 0:
        return "0"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 3
    return f"{value:,.{digits}f}"


def lines(topic: Topic) -> Iterator[str]:
    """For a terminal."""
    yield f"{topic.title}: {_when(topic)}".replace("*", "")
    for figure in topic.figures:
        verdict = {None: "", True: "  met", False: "  MISSED"}[figure.met]
        goal = "" if figure.goal is None else f"  <= {number(figure.goal)}"
        value = f"{number(figure.value)} {figure.unit}"
        yield f"  {figure.name:48} {value:>22}  {figure.note}{goal}{verdict}"
    if topic.missing:
        yield f"  not there: {', '.join(topic.missing)}"
