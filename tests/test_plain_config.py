"""What is read without a parser is what the parser reads: over configurations made by chance."""

from __future__ import annotations

import os
import subprocess
import sys
import typing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from visioncli import config, plain_config, providers
from visioncli.config import AskDefaults

PLAIN = """\
# mine
default_model = "fast"   # an alias
[aliases]\t
fast = "groq/qwen/qwen3.8-27b"
4o = 'openai/gpt-4o' # caf\u00e9
  other-one="gpt-4o"

[ask]
system = ""
detail = "high"
max_tokens = 500
temperature = 0.7
timeout = 30
stream = false#
retries = 0
[keys]# where they are
openai = { cmd = ["pass", "show", "openai"] }
xai={cmd=['k']}
"""
SAID = (
    {"fast": "groq/qwen/qwen3.8-27b", "4o": "openai/gpt-4o", "other-one": "gpt-4o"},
    "fast",
)
PIECES = [
    *PLAIN.splitlines(),
    *r'''
[aliases]
[ask]
[keys]
[catalogue]
[providers.mine]
[models."a/b"]
[[ask]]
[aliases
[ask]]
[]
[ ask ]
dialect = "openai_chat"
vision = true
sources = []
a = "b\u0041"
a = "b\"
a = 'it''s'
a = """b"""
a = """
a = ''
a."b" = "c"
"a" = "b"
a b = "c"
= "c"
a =
a
a = "b" c
a = "b"c
a = "b" "c"
a = b
retries = 1001
retries = 1.0
retries = 00
retries = 1_0
retries = +1
retries = -1
temperature = 1.
temperature = .5
temperature = 1e1
temperature = 100.1
temperature = nan
timeout = 0.0
timeout = 1 2
max_side = 15
max_side = 16
jobs = 0
rpm = 0.001
tpm = 1
usage = True
prep = 0
prep = "true"
inline = true true
detail = "huge"
system = 3
max_tokens = true
unknown = 1
model = 'a/b'
nobody = { cmd = ["x"] }
openai = { cmd = [] }
openai = {}
groq = { c md = ["x"] }
groq = { cmd = ["x" "y"] }
groq = { cmd = ["a,b"] }
groq = { cmd = ["x",] }
groq = { cmd = ["x"] } # }
groq = { cmd = ["#"] }
groq = { cmd = "x" }
groq = { cmd = [x] }
groq = { cmd = ["x"], y = 1 }
groq = ["x"]
groq = 1
Groq = { cmd = ["x"] }
open-ai = { cmd = ["x"] }
../../x = { cmd = ["x"] }
local = { cmd = ["x"] }
'''.splitlines(),
    *('a = "\u00fc"', 'a = "b\tc"', 'a\t= "b"', "# \x01", "#\u202e", "# \U0001f600", "\u00a0"),
    *("retries = \u0663", "\r", "retries = 1\r", "\x0c"),
]  # fmt: skip
ENDS = ("\n", "\n", "\n", "\r\n", "\r", "\n\n", "\x00\n", "\x0b", "\u2028")
OFTEN = settings(deadline=None, max_examples=200, suppress_health_check=list(HealthCheck))
LINES = st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(ENDS)), max_size=9)
CHARACTERS = st.sampled_from("\"'\\[]{}=#,.\n\r\t \x00\x7f\u00e9a1_-")
EDITS = st.lists(st.tuples(st.integers(0, len(PLAIN)), st.booleans(), CHARACTERS), max_size=3)


def agrees(file: Path, data: bytes) -> bool:
    """Whether it is plain, in which case the parser has to say the same."""
    file.write_bytes(data)
    said = plain_config.read(str(file))
    if said is None:
        return False
    found = config.load({"VISION_CONFIG": str(file)})  # raises for what is none
    providers.check(found)
    assert said == (dict(found.aliases), found.default_model or "")
    assert not found.models
    assert not found.providers
    return True


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


@given(lines=LINES)
@OFTEN
def test_lines_of_any_kind_in_any_order(file: Path, lines: list[tuple[str, str]]) -> None:
    agrees(file, "".join(line + end for line, end in lines).encode())


@given(edits=EDITS)
@OFTEN
def test_a_plain_file_with_slips_of_the_hand(
    file: Path, edits: list[tuple[int, bool, str]]
) -> None:
    text = PLAIN
    for at, instead, character in edits:
        text = text[:at] + character + text[at + instead :]
    agrees(file, text.encode())


@given(data=st.binary(max_size=40))
@OFTEN
def test_any_bytes(file: Path, data: bytes) -> None:
    agrees(file, data)


@pytest.mark.parametrize("table", ["", "[aliases]", "[ask]", "[keys]"])
def test_every_kind_of_line_by_itself(file: Path, table: str) -> None:
    plain = [piece for piece in PIECES if agrees(file, f"{table}\n{piece}\n".encode())]
    assert 5 < len(plain) < len(PIECES) / 2


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_nearly_everybody_writes_is_plain(file: Path, before: bytes, end: str) -> None:
    file.write_bytes(before + PLAIN.replace("\n", end).encode())
    assert plain_config.read(str(file)) == SAID
    assert agrees(file, file.read_bytes())


@pytest.mark.parametrize("data", [b"", b"\n", b"# nothing", b"[aliases]"])
def test_nothing_is_plain(file: Path, data: bytes) -> None:
    assert agrees(file, data)


def test_a_file_that_cannot_be_read_or_is_too_long_is_for_the_parser(file: Path) -> None:
    for path in (file, file.parent, "a\x00b"):
        assert plain_config.read(str(path)) is None
    file.write_bytes(b"#" * (plain_config.LONGEST + 1))
    assert plain_config.read(str(file)) is None
    file.write_bytes(b"#" * plain_config.LONGEST)
    assert plain_config.read(str(file)) == ({}, "")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_left_to_the_one_who_may_read_it(file: Path) -> None:
    os.mkfifo(file)
    code = "import sys; from visioncli import plain_config as p; print(p.read(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, check=True, timeout=30
    )
    assert done.stdout.split() == [b"None"]  # and it did not wait for a writer


def test_the_kinds_of_defaults_are_those_of_the_configuration() -> None:
    hints = typing.get_type_hints(AskDefaults)
    kinds = {n: set(typing.get_args(hint)) - {type(None)} or {hint} for n, hint in hints.items()}
    assert {n for n, kind in kinds.items() if kind == {int}} == set(plain_config.WHOLE)
    assert {n for n, kind in kinds.items() if kind == {float}} == set(plain_config.FRACTIONS)
    assert {n for n, kind in kinds.items() if kind == {bool}} == set(plain_config.FLAGS)
    (detail,) = kinds.pop("detail")
    assert typing.get_args(detail) == plain_config.DETAILS
    assert kinds["system"] == {str}
