"""The door answers plain `check NAME...` itself: to the byte what the whole program would say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.program import PROGRAM, environment, vision
from visioncli import door
from visioncli.catalogue import current, index

from .catalogue import write

BOTH = """
import os, sys, tempfile
from visioncli import door
from visioncli.__main__ import printed
from visioncli.catalogue import index
from visioncli.cli.main import main as whole

def run(answer):
    index.use()
    sys.stdout.flush()
    found = []
    for number in (1, 2):
        kept, file = os.dup(number), tempfile.TemporaryFile()
        os.dup2(file.fileno(), number)
        found.append((number, kept, file))
    status = answer()
    told = []
    for number, kept, file in found:
        os.dup2(kept, number), os.close(kept)
        with file:
            file.seek(0)
            told.append(file.read())
    return status, told

def quick(words):
    if words == ["--ids"]:
        text = door.ids()
        return None if text is None else printed(text)
    answer = door.check(words)
    return None if answer is None else printed(*answer)

answered = 0
for line in open(sys.argv[1], encoding="utf-8", errors="surrogateescape"):
    words = line.rstrip("\\n").split("\\t")
    if words[0].startswith("VISION_"):
        name, _, os.environ[name] = words[0].partition("=")
        continue
    ours = run(lambda: quick(words))
    if ours[0] is None:
        assert ours[1] == [b"", b""], (words, ours)
        continue
    answered += 1
    full = run(lambda: whole([*(["models"] if words == ["--ids"] else ["check"]), *words]))
    assert ours == full, (words, ours, full)
print(answered)
"""
MADE = [
    "{}-2099-01-01", "{}-latest", "{}:free", "{}x", "{}@20990101", "{}-v1:0", "{}/", "x{}",
]  # fmt: skip
ODD = [
    "gpt-4o", "openai", "", "openai/", "/gpt-4o", "GPT-4o", "google/gemini-2.5-flash",
    "openai/gpt 4o", " openai/gpt-4o", 'a"b/c', "a\\b/c", "-x", "--", "--live", "-", "a/\x1b[2J",
    "caf\u00e9/x", "openai/ft:gpt-4o:o::i", "openrouter/x-ai/grok-2-vision-latest",
    "bedrock/arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-lite-v1:0",
    "local/eyes", "LOCAL/eyes", "nope/nothing", "vllm/x", "azure/mine", "deepseek-r1",
]  # fmt: skip

# What is printed without the parser, and with it.
PRINTED = (
    "check -q openai/gpt-4o", "check openai/gpt-4o", "check --json gpt-4o", "--version", "-V",
    "models --ids", "models --ids -q", "models gpt-4o", "check nope/x", "--help",
)  # fmt: skip


def sample() -> list[list[str]]:
    models = [row[0] for row in index.rows(path=index.PATH)]
    words = [[model] for model in models[::41]]
    words += [[form.format(model)] for model in models[::301] for form in MADE]
    words += [[model.upper()] for model in models[::401]]
    words += [[name.swapcase()] for name in models[::501]]
    words += [[odd] for odd in ODD] + [["openai/gpt-4o", odd] for odd in ODD]
    words += [[option, *some] for some in words[::5] for option in ("-q", "--quiet", "--json")]
    words += [[*some, "--json", "-q"] for some in words[::50]]
    words += [models[n : n + 3] for n in range(0, 900, 30)] + [models[:60], []]
    return [some for some in words if not {"-", "--live"} & {*some}]


CONFIGURATIONS = (
    "",
    "# nothing",
    'default_model = "openai/gpt-4o"',
    'default_model = "gpt-4o"\n[ask]\nmax_tokens = 500\n[keys]\nopenai = { cmd = ["pass", "x"] }',
    '[aliases]\nfast = "openai/gpt-4o"\ngpt-4o = "openai/gpt-3.5-turbo"',
    'default_model = "fast"\n[aliases]\nfast = "openai/gpt-4o"',
    'default_model = "nobody-makes-this"',
    '[aliases]\nfast = "openai/gpt-3.5-turbo"',
    '[aliases]\nfast = "openai/GPT-4o"',
    '[models."openai/gpt-4o"]\nvision = false',
    '[models."openai/GPT-4o-2024-08-06"]\nvision = false',
    '[providers.openai]\ndialect = "openai_chat"\nbase_url = "http://localhost/v1"',
    "[ask]\nretries = -1",
    '[aliases]\na = "b"\na = "c"',
    "default_model = [",
    '[keys]\nnobody = { cmd = ["x"] }',
)
PLAIN = 6  # of these, at least, it has to answer itself


def compared(tmp_path: Path, lines: list[str]) -> int:
    """Of how many of these the door says the very same as the whole; it leaves the others to it."""
    listed = tmp_path / "words"
    listed.write_text("\n".join(lines) + "\n", "utf-8", "surrogateescape")
    done = subprocess.run(
        [sys.executable, "-c", BOTH, str(listed)],
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_the_door_says_what_the_whole_says(tmp_path: Path) -> None:
    lines = ["\t".join(words) for words in sample()]
    assert compared(tmp_path, lines) > len(lines) / 2  # it did answer


def test_the_door_says_what_the_whole_says_under_any_configuration(tmp_path: Path) -> None:
    lines = []
    for number, text in enumerate(CONFIGURATIONS):
        file = tmp_path / f"{number}.toml"
        file.write_text(text)
        lines += [f"VISION_CONFIG={file}", "openai/gpt-4o", "gpt-4o", "fast", "--json\tfast"]
        lines += ["xai/grok-2-latest\t-q\tgpt-4o-mini", "OpenAI/gpt-4o-2024-08-06", "nope/x\t-q"]
        for named in ("", "gpt-4o", "openai/gpt-4o", "fast", "nobody-makes-this", "zz/z"):
            lines += [f"VISION_MODEL={named}", "--ids"]
    answered = compared(tmp_path, lines)
    assert answered >= PLAIN * 8


@pytest.mark.parametrize(
    "words",
    [
        [], ["-"], ["--live", "openai/gpt-4o"], ["openai/gpt-4o", "--image", "x"], ["--help"],
        ["--jso", "openai/gpt-4o"], ["nope/nothing"], ["openai/gpt-4o", "nope/nothing"], [""],
        ["--", "openai/gpt-4o"], ["openai/gpt-4o", "-h"], ["openai/g\u00e4"], ["two words/x"],
    ],
)  # fmt: skip
def test_anything_unusual_is_for_the_whole(
    words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISION_CONFIG", os.devnull)
    assert door.check(words) is None


def test_what_a_configuration_may_say_is_for_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("VISION_CONFIG", raising=False)
    monkeypatch.delenv("VISION_MODEL", raising=False)

    def answers(name: str) -> bool:
        return door.check([name]) is not None

    assert answers("openai/gpt-4o")
    monkeypatch.setenv("VISION_CONFIG", "")
    assert answers("openai/gpt-4o")
    monkeypatch.setenv("VISION_CONFIG", str(tmp_path / "other.toml"))
    assert not answers("openai/gpt-4o")
    monkeypatch.delenv("VISION_CONFIG")
    own = tmp_path / "visioncli" / "config.toml"
    own.parent.mkdir()
    own.symlink_to("/no/such/file")
    assert not answers("openai/gpt-4o")
    own.unlink()
    own.write_text('[aliases]\ngpt-4o = "openai/gpt-3.5-turbo"\n')
    assert answers("openai/gpt-4o")
    assert not answers("gpt-4o")
    assert door.ids() is None
    another = tmp_path / ".config" / own.relative_to(tmp_path)  # where others would look
    another.parent.mkdir(parents=True)
    another.write_text('[models."openai/gpt-4o"]\nvision = false\n')
    assert not answers("openai/gpt-4o")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell with process substitution")
def test_a_configuration_that_comes_through_a_pipe_is_heard() -> None:
    said = r"""<(printf '[models."openai/gpt-4o"]\nvision = false\n')"""
    done = subprocess.run(
        ["bash", "-c", f'VISION_CONFIG={said} "$0" check openai/gpt-4o', PROGRAM],
        env=environment(),
        capture_output=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 1
    assert b"the configuration says so" in done.stdout


def test_the_configuration_of_the_users_folder_is_heard(tmp_path: Path) -> None:
    (tmp_path / "visioncli").mkdir()
    (tmp_path / "visioncli" / "config.toml").write_text('[models."openai/gpt-4o"]\nvision=false\n')
    env = {"XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path), "VISION_CONFIG": ""}
    done = vision("check", "openai/gpt-4o", env=env)
    assert done.status == 1
    assert "the configuration says so" in done.out


def test_a_reader_that_went_away_ends_it_silently() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with subprocess.Popen(
        [PROGRAM, "check", "openai/gpt-4o"],
        env=environment(),
        stdout=writer,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(writer)
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(10) == 141


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
@pytest.mark.parametrize("words", PRINTED)
def test_a_closed_stdout_is_told_of_and_nothing_is_written_into_another_file(words: str) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "{PROGRAM}" {words} >&-'],
        env=environment(),
        capture_output=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 13
    assert done.stderr == b"error: stdout cannot be written: it is closed\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("words", PRINTED[1:])
def test_a_full_disk_is_told_of_however_it_is_met(words: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [PROGRAM, *words.split()],
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            timeout=30,
        )
    assert done.returncode == 13
    assert done.stderr.startswith(b"error: stdout cannot be written: No space left on device\n")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_disk_that_is_full_halfway_is_told_of(tmp_path: Path) -> None:
    listed = tmp_path / "ids"
    script = f'trap "" XFSZ; ulimit -f 8; exec "{PROGRAM}" models --ids >{listed}'
    done = subprocess.run(
        ["bash", "-c", script], env=environment(), stderr=subprocess.PIPE, check=False, timeout=30
    )
    assert done.returncode == 13
    assert done.stderr.startswith(b"error: stdout cannot be written: File too large\n")
    assert 0 < listed.stat().st_size < len(vision("models", "--ids").out)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pipe that does not block")
def test_a_pipe_that_takes_no_more_for_now_loses_nothing() -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with subprocess.Popen(
        [PROGRAM, "models", "--ids"], env=environment(), stdout=writer, stderr=subprocess.PIPE
    ) as process:
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            told = pipe.read()
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(10) == 0
    assert len(told) > 1 << 16  # more than a pipe holds
    assert told.decode() == vision("models", "--ids").out


def test_a_damaged_refresh_is_told_of_in_the_same_words_by_all(tmp_path: Path) -> None:
    env = write(tmp_path, why="\x1b[2Jstated")
    told = vision("check", "openai/gpt-4o", env=env).err
    assert told.startswith("warning: the refreshed catalogue is damaged, the package's own is used")
    for words in ("models --ids", "models gpt-4o", "models --ids gpt-4o"):
        assert vision(*words.split(), env=env).err == told
    assert vision("models", "--ids", env=env).out == vision("models", "--ids").out
    (file,) = tmp_path.rglob("index.tsv")
    write(tmp_path / "sound")
    sound = next((tmp_path / "sound").rglob("index.tsv")).read_text("utf-8").partition("\n")[2]
    for was, spoilt in (("\ty\t", "\tperhaps\t"), ("openai/", "\u00f6penai/"), ("\t\t", "\t")):
        rows = sound.replace(was, spoilt, 1)
        file.write_text(f"{current.head('2099-01-02', 'x', len(rows.encode()))}\n{rows}", "utf-8")
        assert vision("models", "--ids", env=env).err == told, spoilt
