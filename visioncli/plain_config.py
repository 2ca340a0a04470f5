"""What a plain config.toml says, read without a TOML parser: loading one costs more than Python's
own start, and looking at a model's name needs no more than this. Nothing but `os` is imported.

Plain is a file of the tables [aliases], [ask] and [keys] and of default_model, each value on its
line, as nearly everybody's is. Whatever else a line holds, a mistake above all, makes it none: who
reads it then is `config`, which says what is wrong. So `read` may know less than `config.load`, and
never anything else; a test compares them over configurations made by chance.
"""

import os

LONGEST = 1 << 16  # bytes
RANGES = {  # of numbers in [ask] and [catalogue]
    "timeout": (0.001, 1e7),
    "retries": (0, 1000),
    "max_tokens": (1, 1e9),
    "max_side": (16, 1e5),
    "temperature": (0, 100),
    "jobs": (1, 4096),
    "rpm": (0.001, 1e9),
    "tpm": (1, 1e12),
}
WHOLE = ("max_tokens", "retries", "max_side", "jobs")  # of [ask], as those below
FRACTIONS = ("temperature", "timeout", "rpm", "tpm")
FLAGS = ("stream", "inline", "prep", "usage")
DETAILS = ("low", "high", "auto", "original")
TABLES = ("aliases", "ask", "keys")
PROVIDERS = __file__.removesuffix("plain_config.py") + "providers/"

# the aliases, and default_model or ""
Said = tuple[dict[str, str], str]


def read(path: str) -> Said | None:
    """None where the file is not plain, or cannot be read."""
    text = _text(path)
    if text is None:
        return None
    found: dict[str, dict[str, str]] = {"": {}}
    table = ""
    for raw in text.split("\n"):
        line = raw.strip(" \t")
        if line.startswith("#"):
            line = line.replace("\t", " ")
        if not line.isprintable():
            return None
        if line.startswith("["):
            table, bracket, rest = line[1:].partition("]")
            if table not in TABLES or table in found or not (bracket and _ends(rest)):
                return None
            found[table] = {}
        elif line and not line.startswith("#"):
            name, equals, value = line.partition("=")
            name, value = name.rstrip(" "), value.lstrip(" ")
            if not (equals and _bare(name) and _fits(table, name, value)) or name in found[table]:
                return None
            found[table][name] = _string(value) or ""
    return found.get("aliases", {}), found[""].get("default_model", "")


def _text(path: str) -> str | None:
    """A regular file's, as `config` reads it. A pipe can be read once, which `config` is to do."""
    try:
        there = os.stat(path)  # noqa: PTH116 - pathlib costs as much as Python's own start
        if there.st_mode & 0o170000 != 0o100000 or there.st_size > LONGEST:
            return None
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError):  # ValueError: a zero byte in the path
        return None
    try:
        data = os.read(fd, LONGEST + 1)
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError):
        return None
    finally:
        os.close(fd)
    return text if len(data) == there.st_size else None


def _fits(table: str, name: str, value: str) -> bool:
    """Whether `config` takes this value for this key."""
    if table == "keys":
        return _is_command(value) and os.path.lexists(f"{PROVIDERS}{name}.toml")
    if table == "aliases" or name == ("system" if table else "default_model"):
        return _string(value) is not None
    return table == "ask" and _is_default(name, value)


def _is_default(name: str, value: str) -> bool:
    """Whether it is one of [ask]."""
    if name == "detail":
        return _string(value) in DETAILS
    word = value.partition("#")[0].rstrip(" ")
    if name in FLAGS:
        return word in ("true", "false")
    if name not in WHOLE and name not in FRACTIONS:
        return False
    whole, point, part = word.partition(".")
    if not _digits(whole) or (len(whole) > 1 and whole[0] == "0"):
        return False
    if point and (name in WHOLE or not _digits(part)):
        return False
    least, most = RANGES[name]
    return least <= float(word) <= most


def _is_command(value: str) -> bool:
    """{ cmd = ["pass", "show", "openai"] }, no string of which has a comma or a # in it."""
    inside = _between(value.partition("#")[0], "{", "}")
    name, _, listed = inside.partition("=")
    words = _between(listed, "[", "]")
    return name.strip(" ") == "cmd" and all(_is_word(word.strip(" ")) for word in words.split(","))


def _between(text: str, first: str, last: str) -> str:
    """What stands between these two characters, "" where they are not the first and the last."""
    text = text.strip(" ")
    return text[1:-1] if text[:1] == first and text[-1:] == last else ""


def _is_word(text: str) -> bool:
    return _string(text) == text[1:-1]


def _string(value: str) -> str | None:
    """Of a string on one line without escapes; None for anything else."""
    quote = value[:1]
    if quote not in ('"', "'"):
        return None
    inside, end, rest = value[1:].partition(quote)
    return inside if end and "\\" not in inside and _ends(rest) else None


def _ends(rest: str) -> bool:
    """Whether no more than a comment stands behind a value."""
    return rest.lstrip(" ")[:1] in ("", "#")


def _bare(name: str) -> bool:
    return name.isascii() and name.replace("-", "a").replace("_", "a").isalnum()


def _digits(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16
