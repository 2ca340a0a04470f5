"""`vision models`: ids, JSON and text, what it says of nothing, and what reaches nobody."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.program import KEY, PROGRAM, Done, environment, vision

from .catalogue import write
from .test_models import OURS, ids

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the folder of a cache is named otherwise there"
)
Models = Callable[..., Done]


# ---------------------------------------------------------------------------------- forms


def test_ids_are_those_of_the_door_in_its_order(models: Models) -> None:
    door = models("--ids")
    assert ids(door) == sorted(OURS)
    assert models("--ids", "-q").out == door.out  # the whole list, shortened
    assert models("--ids", config="").out == door.out
    assert vision("models", "--ids", "-q").out == vision("models", "--ids").out


WITHOUT_A_PARSER = (
    "",
    "gpt-4o",
    "gpt --ids",
    "--ids groq -q",
    "--json openai/ --retired",
    "--all *eye",
    "--available",
    "--json --ids",
    "nobody --json",
    "nobody -q",
    "--max-price=1",
    "--no-such gpt",
    "gpt --provider",
    "-- gpt",
)


@pytest.mark.parametrize("line", WITHOUT_A_PARSER)
def test_the_way_without_a_parser_says_the_very_same(tmp_path: Path, line: str) -> None:
    env = {**write(tmp_path), "VISION_MODEL": "local/eyes"}
    words = ["models", *line.split()]
    code = "import sys; from visioncli.cli.main import main; sys.exit(main(sys.argv[1:]))"
    whole = subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        check=False,
        env=environment(env),
        text=True,
    )
    done = vision(*words, env=env)
    assert (done.status, done.out, done.err) == (whole.returncode, whole.stdout, whole.stderr)


def test_json_is_an_object_a_line_with_all_that_is_known(models: Models) -> None:
    one = models("gpt-4o", "--json").json
    assert one == {
        "model": "openai/gpt-4o",
        "vision": True,
        "why": "stated",
        "source": "litellm",
        "as_of": "2099-01-02",
        "retires": None,
        "retired": None,
        "aliases": [],
        "default": False,
        "key": "missing",
        "available": False,
        "released": "2024-05-13",
        "knowledge": None,
        "context": 128000,
        "context_other": None,
        "max_output": None,
        "usd_in": 2.5,
        "usd_in_other": None,
        "usd_out": 10.0,
        "usd_out_other": None,
        "usd_image": None,
        "usd_picture": pytest.approx(0.0019125),
        "input": [],
        "output": [],
        "mode": None,
        "status": None,
        "base_model": None,
        "says": [{"source": "litellm", "as_of": "2099-01-02", "vision": True}],
        "differs": [],
        "missing_in": [],
    }
    past = models("past-eye", "--retired", "--json").json
    assert (past["retires"], past["retired"]) == ("2025-01-31", "2025-01-31")
    ends = models("ends-eye", "--json").json
    assert (ends["retires"], ends["retired"]) == ("2999-01-01", None)


def test_a_pipe_gets_whole_aligned_lines_without_colour(tmp_path: Path) -> None:
    name = "openai/" + "long-" * 40 + "eye"
    short = "openai/gpt-4o"
    rest = ("y", "", "", "128000", "2.5", "10", "", "2024-05-13")
    env = write(tmp_path, [(name, *rest), (short, *rest), ("local/eyes", *("y", *[""] * 7))])
    done = vision("models", "openai/", env={**env, "COLUMNS": "40"})
    head, *rows = done.out.splitlines()
    assert "\x1b" not in done.out
    assert {row.split()[0] for row in rows} == {name, short}
    assert {row.index("2.50") for row in rows} == {head.index("$IN/M") + 1}
    assert done.err == ""
    assert not [line for line in (head, *rows) if line != line.rstrip()]


def test_color_always_paints_into_a_pipe_and_cuts_nothing(models: Models) -> None:
    painted = models("--color", "always", env={"COLUMNS": "20"}).out
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == models().out
    assert "\x1b[2m" in painted


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell with PIPESTATUS")
def test_a_reader_that_goes_away_is_silent() -> None:
    for words in ("", "--ids -q", "--json", "--all"):
        script = f'"$0" models {words} | head -n 1; echo "${{PIPESTATUS[0]}}"'
        done = subprocess.run(
            ["bash", "-c", script, PROGRAM],
            capture_output=True,
            check=False,
            env=environment({"OPENAI_API_KEY": KEY}),
            text=True,
        )
        assert done.stdout.splitlines()[1] in ("141", "0")  # 0: it all fitted into the pipe
        assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_13() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [PROGRAM, "models"], stdout=full, stderr=subprocess.PIPE, env=environment(), check=False
        )
    assert done.returncode == 13
    assert b"stdout cannot be written" in done.stderr


# ---------------------------------------------------------------------------------- nothing


@pytest.mark.parametrize("form", [[], ["--json"], ["--ids"]])
def test_no_match_is_1_with_nothing_on_stdout(models: Models, form: list[str]) -> None:
    done = models("gtp-4o", *form)
    assert (done.status, done.out) == (1, "")
    assert done.err == "no model matches 'gtp-4o'\n  try: did you mean openai/gpt-4o?\n"
    assert models("gtp-4o", *form, "-q").err == ""


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (["blind"], "--all, which shows 1 model: blind, retired, unknown, or beyond reach"),
        (["past-eye"], "--all, which shows 1 model: blind, retired, unknown, or beyond reach"),
        (["gpt", "--available"], "without --available, which leaves 1 model"),
        (["gpt", "--max-price", "0.1"], "without --max-price, which leaves 1 model"),
        (["strange"], "--all, which shows 1 model: blind, retired, unknown, or beyond reach"),
    ],
)
def test_no_match_says_what_would_be_listed(models: Models, words: list[str], remedy: str) -> None:
    done = models(*words)
    assert (done.status, done.out) == (1, "")
    assert f"\n  try: {remedy}\n" in done.err


@pytest.mark.parametrize(
    ("words", "what", "remedy"),
    [
        ("--ids --json", "--ids and --json exclude each other", "leave one of them out"),
        ("--source x.json", "--source says what --refresh reads", "--refresh --source x.json"),
        ("--refresh gpt", "--refresh lists nothing", "and then the list"),
        ("--refresh --all", "so --all has no meaning beside it", "and then the list"),
        ("--refresh --ids", "so --ids has no meaning beside it", "and then the list"),
        ("--colour", "No such option", "vision models --help"),
        ("-r", "No such option", "vision models --help"),
    ],
)
def test_what_does_not_go_together_is_2(models: Models, words: str, what: str, remedy: str) -> None:
    done = models(*words.split())
    assert done.status == 2
    error, hint = done.err.splitlines()
    assert what in error
    assert hint.endswith(remedy)


def test_a_refresh_reads_the_sources_named_and_lists_nothing(
    models: Models, tmp_path: Path
) -> None:
    absent = str(tmp_path / "absent.json")
    done = models("--refresh", "--source", absent)
    assert (done.status, done.out) == (2, "")
    assert f"the source {absent} cannot be read" in done.err
    done = models("--refresh", "--source", absent, "--json")
    assert done.objects[0]["source"] == absent


# ---------------------------------------------------------------------------------- hostile


def test_what_others_wrote_reaches_nobody_as_control_characters(tmp_path: Path) -> None:
    env = write(tmp_path / "cache")
    file = tmp_path / "config.toml"
    file.write_text(
        '[aliases]\n"a\\u001b]0;x\\u0007\\u202eb" = "openai/gpt-4o"\n"c\\u001b[A" = "zzz"\n'
        '[models."home/\\u001b[2Kx"]\nvision = true\n'
        '[providers.home]\ndialect = "openai_chat"\nbase_url = "http://localhost/v1"\n',
        "utf-8",
    )
    env |= {"VISION_CONFIG": str(file), "VISION_MODEL": "local/eyes"}
    forms: list[list[str]] = [[], ["--ids"], ["--json"], ["--all"], ["--color", "always"]]
    for words in forms:
        done = vision("models", *words, env=env)
        said = re.sub(r"\x1b\[[0-9;]*m", "", done.out) if "always" in words else done.out
        assert done.status == 0, done.err
        assert "home/\\x1b[2Kx" in said or "home/\\u001b[2Kx" in said
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", said + done.err)


def test_a_damaged_refresh_costs_a_warning_alone(tmp_path: Path) -> None:
    env = write(tmp_path, why="\x1b[2Jstated")
    done = vision("models", "gpt-4o", "--json", env=env)
    assert "[2J" not in done.out
    done = vision("models", "gpt-4o", "--ids", env=env)
    assert "openai/gpt-4o" in done.out.splitlines()
    assert re.match(r"warning: the refreshed catalogue is damaged, .*index\.tsv", done.err)


def test_the_package_lists_what_it_ships() -> None:
    """No figures of the shipped catalogue are held here but those that vendors publish."""
    done = vision("models", "--json", "--retired")
    found = {o["model"]: o for o in done.objects}
    assert len(found) > 2000
    assert found["openai/gpt-4o"]["usd_in"] == 2.5
    assert found["openai/gpt-4o"]["usd_picture"] == pytest.approx(765 * 2.5e-6)
    assert found["openai/gpt-4-vision-preview"]["retired"]
    assert "openai/gpt-3.5-turbo" not in found
