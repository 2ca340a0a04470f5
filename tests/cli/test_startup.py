"""What each command may load: start-up is held by counts, which do not depend on the machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.measure import paired, ratio
from tests.program import PROGRAM, environment

PICTURE = str(Path(__file__).parents[1] / "images" / "chelsea.jpg")
HEAVY = ("typer", "rich", "httpx", "httpcore", "PIL", "magic", "numpy", "onnxruntime", "asyncio")
# command -> what it must not load, and how many modules it may load in all (what it loads today,
# on Python 3.11 to 3.14, and a tenth more)
CASES = {
    "--version": ((*HEAVY, "re", "json", "dataclasses"), 45),
    "models --ids": ((*HEAVY, "re", "json", "dataclasses"), 45),
    "models gpt-4o": (HEAVY, 182),
    "models --available --json openai": (HEAVY, 182),
    "models --provider openai": (tuple(h for h in HEAVY if h != "typer"), 232),
    "check openai/gpt-4o xai/grok-2-latest": ((*HEAVY, "re", "json", "dataclasses"), 48),
    "check -q --json gpt-4o": ((*HEAVY, "re", "json", "dataclasses"), 48),
    "check nope/nothing": (tuple(h for h in HEAVY if h != "typer"), 275),
    "--help": (tuple(h for h in HEAVY if h != "typer"), 190),
    "ask --help": (tuple(h for h in HEAVY if h != "typer"), 190),
    "serve --help": ((*(h for h in HEAVY if h != "typer"), "starlette", "uvicorn", "yaml"), 190),
    "ask --dry-run -m openai/gpt-4o PICTURE q": (
        ("rich", "httpx", "httpcore", "PIL", "numpy", "onnxruntime", "asyncio", "ssl"),
        310,
    ),
    "ask -m openai/gpt-4o --base-url http://127.0.0.1:9/v1 --retries 0 PICTURE q": (
        ("rich", "numpy", "onnxruntime", "PIL"),
        400,
    ),
    "keys list": (tuple(h for h in HEAVY if h != "typer"), 233),
    "keys path": (tuple(h for h in HEAVY if h != "typer"), 233),
    "doctor --help": (tuple(h for h in HEAVY if h != "typer"), 190),
    "serve --host 192.0.2.1 --port 0": (
        ("rich", "numpy", "onnxruntime", "yaml", "google", "botocore", "openai", "pydantic"),
        900,
    ),
}


def loaded(words: list[str], **more: str) -> set[str]:
    """The modules that are there when `vision WORDS` ends."""
    code = (
        "import sys, visioncli.__main__ as door\n"
        "try: door.main()\n"
        "finally: sys.stderr.write('\\nLOADED ' + ' '.join(sys.modules))"
    )
    env = {**os.environ, "OPENAI_API_KEY": "sk-test", "NO_PROXY": "*", "VISION_CONFIG": os.devnull}
    env |= more
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        text=True,
        check=False,
        env=env,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )
    return set(done.stderr.rpartition("LOADED ")[2].split())


@pytest.mark.parametrize("command", CASES)
def test_a_command_loads_what_it_needs(command: str) -> None:
    forbidden, ceiling = CASES[command]
    modules = loaded([PICTURE if word == "PICTURE" else word for word in command.split()])
    assert "visioncli" in modules
    assert not sorted(m for m in modules if m.split(".")[0] in forbidden)
    assert len(modules) <= ceiling


@pytest.mark.parametrize("configured", [False, True])
def test_a_verdict_costs_at_most_twice_what_starting_python_does(
    tmp_path: Path, configured: bool
) -> None:
    """The script around it included. It is measured at 1.0 to 1.1, and the list at 1.4."""
    env = environment()
    if configured:
        file = tmp_path / "config.toml"
        file.write_text('[aliases]\nfast = "openai/gpt-4o"\n[ask]\nmax_tokens = 500\n')
        env["VISION_CONFIG"] = str(file)
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    bare = [sys.executable, "-c", "pass"]
    for words, most in ((["check", "openai/gpt-4o"], 2.0), (["models", "--ids"], 3.0)):
        ours, theirs = paired([PROGRAM, *words], bare, env, 9)
        assert {run.status for run in ours} == {0}
        assert ratio(ours, theirs) <= most, words


def test_a_key_that_is_kept_costs_no_module_more_than_a_variable(tmp_path: Path) -> None:
    """Nor does looking for one where none is, as whoever has a variable never does."""
    file = tmp_path / "keys.json"
    words = ["ask", "-m", "openai/gpt-4o", "--base-url", "http://127.0.0.1:9/v1", "--retries", "0"]
    words += ["--no-stream", PICTURE, "q"]
    variable = loaded(words)
    file.write_text('{"version": 1, "keys": {"openai": {"key": "sk-test-0123456789"}}}')
    file.chmod(0o600)
    kept = loaded(words, OPENAI_API_KEY="", VISION_KEYS=str(file))
    none = loaded(words, OPENAI_API_KEY="", VISION_KEYS=str(tmp_path / "none"))
    assert kept - variable == set()
    assert none - variable == set()
    assert {m.split(".")[0] for m in kept} & {"keyring", "secretstorage", "getpass"} == set()


def test_importing_the_package_costs_next_to_nothing() -> None:
    code = (
        "import sys; before = set(sys.modules); import visioncli; print(*set(sys.modules) - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["visioncli"]


def test_no_argument_parser_brings_pydantic_along() -> None:
    """typer 0.29 does, at every start: hence the cap in pyproject.toml.

    .ci/run tries this with the newest typer and tells when the cap may go.
    """
    assert "pydantic" not in loaded(["ask", "--dry-run", "-m", "openai/gpt-4o", PICTURE, "q"])
