"""The list of known models as one sorted text file, read by bisection.

A line is seven cells between tabs: id, verdict (y | n | u), source (a key of SOURCES), date of the
statement, date of retirement or "", first date without it or "", reason. Lines are sorted by the
id's bytes with its letters made small, so that one search finds an id in any letter case. The first
line names the columns and the projects the facts come from; `build` writes the file.

Nothing is imported here: `vision models --ids` loads this file before any argument parser, and an
import would cost more than the search (0.03 ms).
"""

PATH = __file__.removesuffix("index.py") + "index.tsv"
SOURCES = {"L": "litellm", "M": "models.dev", "O": "ollama-library", "V": "visioncli"}
LONGEST = 1024  # bytes; no line is longer, `build` sees to it

Row = tuple[str, str, str, str, str, str, str]


def find(model: str, path: str = PATH) -> Row | None:
    """The row of `model`, else of the id that differs from it in letter case alone, else None."""
    typed = model.encode("utf-8", "surrogateescape")
    if b"\t" in typed or b"\n" in typed or typed.startswith(b"#"):
        return None
    key = typed.lower() + b"\t"
    same = []
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - pathlib costs as much as Python's own start
        file.seek(_bound(file, key))
        for line in file.read(4 * LONGEST).split(b"\n"):
            if not line.lower().startswith(key):
                break
            same.append(line)
    if not same:
        return None
    for wanted in (typed + b"\t", key):
        for line in same:
            if line.startswith(wanted):
                return _row(line)
    return _row(same[0])


def knows(provider: str, path: str = PATH) -> bool:
    """Whether any model of this provider is listed."""
    return bool(_of(provider, path))


def rows(provider: str = "", path: str = PATH) -> list[Row]:
    """Every row, or those of one provider."""
    return [_row(line) for line in _of(provider, path)]


def providers(path: str = PATH) -> list[str]:
    """Every provider that has a row, sorted."""
    return sorted({line.partition(b"/")[0].decode() for line in _of("", path)})


def seeing(today: str, provider: str = "", path: str = PATH) -> list[bytes]:
    """The ids of all models that can see and are not retired on `today` (YYYY-MM-DD), sorted."""
    day = today.encode()
    found = []
    for line in _of(provider, path):
        model, verdict, _source, _as_of, retires, gone, _why = line.split(b"\t")
        if verdict == b"y" and not gone and not b"" < retires <= day:
            found.append(model)
    return found


def _of(provider: str, path: str) -> list[bytes]:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - as above
        if not provider:
            return file.readall().split(b"\n")[1:-1]
        prefix = provider.encode("utf-8", "surrogateescape").lower()
        start = _bound(file, prefix + b"/")
        end = _bound(file, prefix + b"0")  # "0" comes after "/"
        file.seek(start)
        return file.read(end - start).split(b"\n")[:-1]


def _bound(file, key: bytes) -> int:  # type: ignore[no-untyped-def]  # noqa: ANN001 - io.FileIO, and `io` is not imported
    """Where the first line starts that does not sort before `key`."""
    low, high = 0, file.seek(0, 2)
    while high - low > 4 * LONGEST:
        middle = (low + high) // 2
        file.seek(middle)
        piece = file.read(2 * LONGEST).lower()
        start = piece.find(b"\n") + 1
        if piece[start : start + len(key)] < key:
            low = middle + start
        else:
            high = middle + start
    file.seek(low)
    block = file.read(high - low).lower()
    at = 0
    while at < len(block) and block[at : at + len(key)] < key:
        at = block.find(b"\n", at) + 1
    return low + at


def _row(line: bytes) -> Row:
    model, verdict, source, as_of, retires, gone, why = line.decode().split("\t")
    return model, verdict, source, as_of, retires, gone, why
