"""What is answered before any argument parser is loaded: loading it costs four times as much as
starting Python.

Plain `check NAME...` is answered here where the whole of `vision` would say the very same, to the
byte: where no configuration says anything, and every name is a plain one that the catalogue knows.
"""

import os
import sys

from .catalogue import current, index, rule, said

MANY = 50  # names from which on the catalogue is held in memory
OPTIONS = {"-q": "quiet", "--quiet": "quiet", "--json": "json"}


def check(words: list[str]) -> int | None:
    """The exit status of `vision check WORDS`; None where the whole has to answer."""
    given = {OPTIONS[word] for word in words if word in OPTIONS}
    names = [word for word in words if word not in OPTIONS]
    if not names or sys.stdout is None or not all(map(_plain, names)) or _configured():
        return None
    if len(names) >= MANY:
        index.hold()
    found = []
    for name in names:
        judged = _judged(name)
        if judged is None or (judged[2] is None and "quiet" not in given):
            return None  # what is not known gets a remedy
        if any(_odd(text) for text in judged if isinstance(text, str)):
            return None
        found.append((name, *judged))
    if index.damaged():
        return None
    show = _json if "json" in given else said.line
    text = "" if "quiet" in given else "".join(show(*verdict) + "\n" for verdict in found)
    status = said.status([verdict[1] for verdict in found])
    return _written(text.encode("ascii"), status)


def ids() -> str | None:
    """Every model that can see and is not retired, one a line; completions offer them. None where
    a configuration may add some.
    """
    if _configured():
        return None
    import time

    rows = os.listdir(__file__.removesuffix("door.py") + "providers")  # noqa: PTH208 - pathlib is slow to load
    ours = {row.removesuffix(".toml").encode() for row in rows} | {b"local"}
    seeing = index.seeing(time.strftime("%Y-%m-%d"))
    return b"\n".join((*(i for i in seeing if i.partition(b"/")[0] in ours), b"")).decode()


def _plain(name: str) -> bool:
    """A word that is a name and nothing else, and stands in JSON as it is."""
    return bool(name) and not (name.startswith("-") or " " in name or _odd(name))


def _odd(text: str) -> bool:
    """Whether it would stand in JSON, or on a terminal, in another form."""
    return '"' in text or "\\" in text or not (text.isascii() and text.isprintable())


def _configured() -> bool:
    """Whether a configuration may say something."""
    if file := os.environ.get("VISION_CONFIG"):
        return file != os.devnull
    if "WIN_PD_OVERRIDE_LOCAL_APPDATA" in os.environ:  # platformdirs obeys it
        return True
    return any(not os.path.isabs(p) or os.path.lexists(p) for p in current.configurations())  # noqa: PTH117 - pathlib is slow to load


def _judged(name: str) -> rule.Judgement | None:
    provider, slash, model = name.partition("/")
    if slash:
        if not provider or not model:
            return None
        return rule.judge(provider.lower().replace("-", "_"), model)
    makers = rule.makers(name)
    if len(makers) != 1:
        return None
    vision, why, source, as_of, retired = rule.judge(makers[0], name)
    return vision, f"short for {makers[0]}/{name}: {why}", source, as_of, retired


def _json(
    model: str,
    vision: bool | None,
    why: str,
    source: str | None,
    as_of: str | None,
    retired: str | None,
) -> str:
    """Of texts that stand in JSON as they are."""

    def text(value: str | None) -> str:
        return "null" if value is None else f'"{value}"'

    see = {True: "true", False: "false", None: "null"}[vision]
    return (
        f'{{"model":{text(model)},"vision":{see},"retired":{text(retired)},'
        f'"source":{text(source)},"as_of":{text(as_of)},"why":{text(why)}}}'
    )


def _written(data: bytes, status: int) -> int | None:
    """`status` when all is written; None where nothing could be: the whole says why."""
    done = 0
    while done < len(data):
        try:
            done += os.write(1, data[done:])
        except BrokenPipeError:
            return 141
        except OSError:
            return None if not done else 13
    return status
