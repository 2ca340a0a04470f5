"""What is answered before any argument parser is loaded: loading it costs four times as much as
starting Python.

Plain `check NAME...` and `models --ids` are answered here where the whole of `vision` would say the
very same, to the byte: where no configuration says anything of these names, and every one is a
plain one that the catalogue knows.
"""

import os

from . import plain_config
from .catalogue import current, index, rule, said

MANY = 50  # names from which on the catalogue is held in memory
OPTIONS = {"-q": "quiet", "--quiet": "quiet", "--json": "json"}


def check(words: list[str]) -> tuple[str, int] | None:
    """What `vision check WORDS` prints, and its exit status; None where the whole has to answer."""
    given = {OPTIONS[word] for word in words if word in OPTIONS}
    names = [word for word in words if word not in OPTIONS]
    if not names or not all(map(_plain, names)) or (settings := _settings()) is None:
        return None
    if any(name in aliases for aliases, _ in settings for name in names):
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
    return text, said.status([verdict[1] for verdict in found])


def ids() -> str | None:
    """Every model that can see and is not retired, one a line; completions offer them. None where
    a configuration may add some, or a warning is due.
    """
    if (settings := _settings()) is None:
        return None
    import time

    rows = os.listdir(plain_config.PROVIDERS)  # noqa: PTH208 - pathlib is slow to load
    ours = {row.removesuffix(".toml").encode() for row in rows} | {b"local"}
    seeing = index.seeing(time.strftime("%Y-%m-%d"))
    listed = [i for i in seeing if i.partition(b"/")[0] in ours]
    named = os.environ.get("VISION_MODEL", "")
    own: set[str] = set()
    for aliases, default in settings or [({}, "")]:
        own.update(aliases.values(), (aliases.get(name, name) for name in (named, default)))
    if index.damaged() or not {_id(name) for name in own if name} <= {*listed}:
        return None
    return b"\n".join((*listed, b"")).decode("ascii")


def _id(name: str) -> bytes:
    """The id that a name which is no alias stands for, where it is spelled as it is listed."""
    makers = [] if "/" in name else rule.makers(name)
    return f"{makers[0]}/{name}".encode() if len(makers) == 1 else name.encode("utf-8", "replace")


def _plain(name: str) -> bool:
    """A word that is a name and nothing else, and stands in JSON as it is."""
    return bool(name) and not (name.startswith("-") or " " in name or _odd(name))


def _odd(text: str) -> bool:
    """Whether it would stand in JSON, or on a terminal, in another form."""
    return '"' in text or "\\" in text or not (text.isascii() and text.isprintable())


def _settings() -> list[plain_config.Said] | None:
    """What each file that may be the configuration says; None where one is not plain.

    Whichever of them `config` will read: what none of them says changes nothing.
    """
    if file := os.environ.get("VISION_CONFIG"):
        files = [] if file == os.devnull else [file]
    elif "WIN_PD_OVERRIDE_LOCAL_APPDATA" in os.environ:  # platformdirs obeys it
        return None
    else:
        files = current.configurations()
        if not all(map(os.path.isabs, files)):
            return None
        files = [file for file in files if os.path.lexists(file)]
    found = []
    for file in files:
        if (settings := plain_config.read(file)) is None:
            return None
        found.append(settings)
    return found


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
