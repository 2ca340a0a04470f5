"""The table of `vision models` on a terminal: what fits, what is left out, what is painted."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.program import KEY, PROGRAM, environment
from visioncli.cli.model_table import BESIDE, Table, dollars, table, tokens
from visioncli.cli.render import Look
from visioncli.models.listing import Known
from visioncli.models.readiness import Key

from .catalogue import Model, write

SGR = re.compile(r"\x1b\[[0-9;]*m")
PAINTED = Look(markdown=True, colour=True)
TITLES = ("CONTEXT", "$IN/M", "$OUT/M", "$PICTURE", "KEY", "RETIRES")


def known(model: str, **said: object) -> Known:
    nothing = dict.fromkeys(Known._fields)
    return Known(
        **{**nothing, "model": model, "vision": True, "aliases": (), "default": False, **said}
    )  # type: ignore[arg-type]


def drawn(models: Sequence[Known], columns: int, look: Look = PAINTED, lines: int = 24) -> Table:
    return table(models, look, (columns, lines), verdicts=False)


# ---------------------------------------------------------------------------------- cells


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (None, ""),
        (0, "0"),
        (512, "512"),
        (8192, "8k"),
        (131_072, "131k"),
        (999_499, "999k"),
        (1_000_000, "1M"),
        (1_048_576, "1.05M"),
        (10_000_000, "10M"),
    ],
)
def test_a_count_of_tokens_is_short(count: int | None, shown: str) -> None:
    assert tokens(count) == shown


@pytest.mark.parametrize(
    ("price", "shown"),
    [
        (None, ""),
        (0.0, "0"),
        (15.0, "15.00"),
        (2.5, "2.50"),
        (0.075, "0.075"),
        (0.0375, "0.0375"),
        (1.3333333, "1.33"),
        (180.004, "180.00"),
        (0.0019125, "0.00191"),
        (0.0000137, "0.0000137"),
        (0.000014, "0.000014"),
        (1e-9, "0.000000001"),
    ],
)
def test_a_price_shows_cents_or_three_digits(price: float | None, shown: str) -> None:
    assert dollars(price) == shown


@given(st.floats(1e-8, 1e4))
def test_a_price_that_is_shown_is_the_price(price: float) -> None:
    shown = dollars(price)
    assert re.fullmatch(r"\d+\.\d+", shown)
    assert float(shown) == pytest.approx(price, rel=0.006)


# ---------------------------------------------------------------------------------- widths

ids = st.lists(st.from_regex(r"[a-z]{1,8}/[a-z]{1,60}", fullmatch=True), min_size=1, max_size=40)


@given(ids, st.integers(10, 220))
def test_every_id_is_whole_and_no_other_line_is_wider_than_the_terminal(
    names: list[str], columns: int
) -> None:
    models = [known(name, usd_in=2.5, key=Key.SET, retires="2999-01-01") for name in names]
    shown = drawn(models, columns)
    plain = [SGR.sub("", line) for line in shown.lines]
    assert [line.split()[0] for line in plain if "/" in line and "$" not in line] == names
    too_wide = [line for line in plain if len(line) > columns]
    assert all(line in names or line.startswith("MODEL") for line in too_wide)
    beside = sum(len(line.split()) > 1 for line in plain if "/" in line and "$" not in line)
    if "$IN/M" in plain[0]:
        assert beside >= int(BESIDE * (len(names) - 1))


def test_the_narrower_the_terminal_the_fewer_the_columns() -> None:
    facts = {"usd_in": 2.5, "usd_out": 10.0, "key": Key.SET, "retires": "2999-01-01"}
    model = known("openai/gpt-4o", **facts)
    seen = []
    for columns in range(100, 10, -1):
        head = SGR.sub("", drawn([model], columns).lines[0]).split()
        if not seen or head != seen[-1]:
            seen.append(head)
    assert seen == [
        ["MODEL", *TITLES],
        ["MODEL", "CONTEXT", "$IN/M", "$OUT/M", "$PICTURE", "KEY"],
        ["MODEL", "$IN/M", "$OUT/M", "$PICTURE", "KEY"],
        ["MODEL", "$IN/M", "$OUT/M", "$PICTURE"],
        ["MODEL", "$IN/M", "$PICTURE"],
        ["MODEL", "$IN/M"],
        ["MODEL"],
    ]
    assert drawn([model], 50).left_out == ("RETIRES",)  # the contexts are not known anyway
    assert drawn([model], 100).left_out == ()


def test_an_id_that_is_too_long_has_its_cells_below() -> None:
    models = [known(f"openai/m{n}", usd_in=2.5) for n in range(20)]
    long = "openai/" + "x" * 70
    shown = drawn([*models, known(long, usd_in=7.5)], 60, Look())
    at = shown.lines.index(long)
    assert shown.lines[at + 1].strip() == "7.50"
    assert shown.lines[at + 1].index("7.50") == shown.lines[1].index("2.50")


def test_an_alias_that_does_not_fit_stands_below() -> None:
    models = [known("openai/gpt-4o", usd_in=2.5, default=True, aliases=("fast", "mine"))]
    wide = drawn(models, 100, Look()).lines
    assert wide[1].endswith("  default, fast, mine")
    narrow = drawn(models, 62, Look()).lines
    assert narrow[2] == "  default, fast, mine"
    assert max(map(len, narrow)) <= 62
    assert table(models, Look(), None, verdicts=False).lines == wide


def test_the_head_stands_again_where_a_provider_begins_a_screen_later() -> None:
    models = [known(f"{p}/m{n}", usd_in=1.0) for p in ("a", "b", "c") for n in range(12)]
    lines = drawn(models, 80, Look(), lines=10).lines
    heads = [place for place, line in enumerate(lines) if line.startswith("MODEL")]
    assert heads == [0, 13, 26]
    assert [lines[place + 1].split()[0] for place in heads] == ["a/m0", "b/m0", "c/m0"]
    into_a_pipe = table(models, Look(), None, verdicts=False).lines
    assert sum(line.startswith("MODEL") for line in into_a_pipe) == 1


def test_wide_characters_take_two_places() -> None:
    models = [known("home/日本語", usd_in=1.0), known("home/abcdef", usd_in=1.0)]
    first, second = table(models, Look(), None, verdicts=False).lines[1:]
    assert first.index("1.00") == second.index("1.00") - 3


def test_without_colour_emphasis_is_left() -> None:
    models = [known("openai/x", usd_in=1.0, key=Key.SET, aliases=("fast",))]
    grey = "".join(drawn(models, 80, Look(markdown=True)).lines)
    assert set(re.findall(r"\x1b\[([0-9;]*)m", grey)) <= {"0", "1;4", "2", "3"}
    assert "\x1b[2m" in grey
    colours = "".join(drawn(models, 80).lines)
    assert "\x1b[32mset\x1b[0m" in colours


# ---------------------------------------------------------------------------------- the program

MANY: tuple[Model, ...] = (
    *((f"openai/model-{n}", "y", "", "", "128000", "2.5", "10", "", "") for n in range(2000)),
    ("openai/ends", "y", "2999-01-01", "", "", "1", "2", "", ""),
    ("local/eyes", "y", "", "", "", "", "", "", ""),
)


def on_a_terminal(tmp_path: Path, *words: str, columns: int = 100, **env: str) -> str:
    import pexpect  # not on Windows

    whole = environment({**write(tmp_path), "TERM": "xterm-256color", **env})
    whole["VISION_MODEL"] = "local/eyes"
    child = pexpect.spawn(
        PROGRAM, ["models", *words], env=whole, dimensions=(30, columns), timeout=30
    )
    said: bytes = child.read()
    child.close()
    assert child.exitstatus == 0, said
    return said.decode()


posix = pytest.mark.skipif(sys.platform != "linux", reason="needs a pseudo-terminal")


@posix
def test_a_terminal_gets_colour_and_a_last_line_about_the_rest(tmp_path: Path) -> None:
    said = on_a_terminal(tmp_path, OPENAI_API_KEY=KEY, columns=40)
    assert "\x1b[32mset\x1b[0m" not in said  # left out
    assert "\x1b[1;4mMODEL" in said
    assert said.splitlines()[-1].startswith("10 models; wider: ")
    assert said.splitlines()[-1].endswith("; columns: vision models --help")
    assert KEY not in said


@posix
@pytest.mark.parametrize(
    ("env", "words"),
    [({"TERM": "dumb"}, []), ({"NO_COLOR": "1"}, []), ({}, ["--color", "never"])],
)
def test_whoever_wants_no_colour_gets_none(
    tmp_path: Path, env: dict[str, str], words: list[str]
) -> None:
    said = on_a_terminal(tmp_path, *words, OPENAI_API_KEY=KEY, **env)
    codes = set(re.findall(r"\x1b\[([0-9;]*)m", said))
    assert codes == (set() if "TERM" in env else {"0", "1;4", "2", "3"})
    assert "openai/" in SGR.sub("", said)


@posix
def test_ids_and_json_are_the_same_on_a_terminal(tmp_path: Path) -> None:
    for words in (["--ids", "gpt"], ["--json", "gpt"]):
        said = on_a_terminal(tmp_path / words[0], *words)
        assert "\x1b" not in said
        assert len(said.splitlines()) == 1


@posix
def test_nothing_loads_a_table_of_richs(tmp_path: Path) -> None:
    """It takes half a second for 2,000 rows; rich.style alone is what the colours need."""
    import pexpect

    write(tmp_path, MANY)
    code = (
        "import sys; from visioncli.cli.main import main; main(['models', '-q']);"
        "print('LOADED', *[m for m in sys.modules if m.startswith('rich.')])"
    )
    env = environment({"XDG_CACHE_HOME": str(tmp_path), "TERM": "xterm"})
    env["VISION_MODEL"] = "local/eyes"
    child = pexpect.spawn(sys.executable, ["-c", code], env=env, dimensions=(30, 80), timeout=30)
    said = child.read().decode()
    child.close()
    assert said.count("model-") == 2000
    modules = said.rpartition("LOADED")[2].split()
    assert "rich.style" in modules
    assert not {"rich.table", "rich.console", "rich.text"} & set(modules)
