"""The key store: whole or as it was, for its owner alone, and never another's."""

from __future__ import annotations

import errno
import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from visioncli.auth import keys, store, store_writing
from visioncli.auth.store import Entry
from visioncli.config import load
from visioncli.core.errors import KeyProblem, OutputProblem
from visioncli.core.target import Provider

KEY = "sk-canary-0123456789abcdefWXYZ"
OPENAI = Provider(name="openai", dialect="openai_chat", key_env=("OPENAI_API_KEY",))
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
ROOT = getattr(os, "geteuid", lambda: 1)() == 0
PUT = "from visioncli.auth import store_writing; from visioncli.auth.store import Entry\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "keys" / "keys.json"


@pytest.fixture
def env(file: Path) -> dict[str, str]:
    return {"VISION_KEYS": str(file), "VISION_CONFIG": os.devnull}


def texts(env: dict[str, str]) -> dict[str, str | None]:
    return {name: entry.text for name, entry in store.load(env).entries.items()}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def key_files(folder: Path) -> list[str]:
    return [f.name for f in folder.iterdir() if KEY in f.read_text("utf-8", "replace")]


def test_what_is_kept_is_there_until_it_is_dropped(env: dict[str, str], file: Path) -> None:
    assert texts(env) == {}
    assert store_writing.drop("openai", env) is None
    assert not file.parent.exists()
    assert store_writing.put("openai", Entry(KEY), env) is None
    assert store_writing.put("groq", Entry(None), env) is None
    assert texts(env) == {"openai": KEY, "groq": None}
    assert store_writing.put("openai", Entry("second"), env) == Entry(KEY)
    assert store_writing.drop("openai", env) == Entry("second")
    assert store_writing.drop("openai", env) is None
    assert texts(env) == {"groq": None}


@POSIX
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_no_umask_opens_it_to_others(env: dict[str, str], file: Path, umask: int) -> None:
    code = f"import os; os.umask({umask}); {PUT}store_writing.put('openai', Entry({KEY!r}))"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, **env}, check=True)
    assert mode(file) == 0o600
    assert [mode(part) for part in (file.parent, file.parent.parent)] == [0o700, 0o700]


@POSIX
def test_at_no_moment_others_could_have_opened_it(
    env: dict[str, str], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looked at where the key is in the new file, and not yet in its place."""
    store_writing.put("openai", Entry("first"), env)
    file.chmod(0o644)
    seen: list[tuple[str, int]] = []

    def look(fd: int) -> None:
        if stat.S_ISREG(os.fstat(fd).st_mode):
            found = [f for f in file.parent.iterdir() if KEY in f.read_text("utf-8")]
            seen.extend((one.name, mode(one)) for one in found)

    monkeypatch.setattr(os, "fsync", look)
    store_writing.put("openai", Entry(KEY), env)
    ((name, its_mode),) = seen
    assert (name != file.name, its_mode) == (True, 0o600)
    assert mode(file) == 0o600  # what was open before is not any more


def test_writers_at_once_lose_nothing(env: dict[str, str]) -> None:
    code = (
        f"import sys; {PUT}for n in range(5): store_writing.put(sys.argv[1] + str(n), Entry('k'))"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", code, name], env={**os.environ, **env})
        for name in "abcdef"
    ]
    assert [process.wait(60) for process in started] == [0] * 6
    assert sorted(texts(env)) == sorted(f"{name}{n}" for name in "abcdef" for n in range(5))


@POSIX
def test_a_writer_that_never_ends_is_not_waited_for_forever(
    env: dict[str, str], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl  # not on Windows

    store_writing.put("openai", Entry("first"), env)
    monkeypatch.setattr(store_writing, "PATIENCE", 0.1)
    with open(f"{file}.lock", "r+b") as held:  # noqa: PTH123
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(OutputProblem, match="another process changes"):
            store_writing.put("openai", Entry(KEY), env)
    assert texts(env) == {"openai": "first"}
    store_writing.put("openai", Entry(KEY), env)


@POSIX
@pytest.mark.parametrize("where", ["os.fsync", "pathlib.Path.replace"])
def test_a_writer_that_is_killed_leaves_the_old_one_and_no_key(
    env: dict[str, str], file: Path, where: str
) -> None:
    store_writing.put("openai", Entry("first"), env)
    code = (
        f"import os, pathlib, signal; {PUT}"
        f"{where} = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"store_writing.put('openai', Entry({KEY!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, **env}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert texts(env) == {"openai": "first"}
    assert len(key_files(file.parent)) == 1  # nothing can be done about that, until
    store_writing.put("groq", Entry("other"), env)  # the next one that writes
    assert key_files(file.parent) == []
    assert texts(env) == {"openai": "first", "groq": "other"}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
def test_a_full_disk_leaves_the_old_one(
    env: dict[str, str], file: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_writing.put("openai", Entry("first"), env)

    def fails(_fd: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fails)
        with pytest.raises(OutputProblem, match=os.strerror(number)) as caught:
            store_writing.put("openai", Entry(KEY), env)
    assert (caught.value.exit, KEY in str(caught.value)) == (13, False)
    assert texts(env) == {"openai": "first"}
    assert key_files(file.parent) == []


@POSIX
def test_no_key_is_written_through_a_link(env: dict[str, str], file: Path, tmp_path: Path) -> None:
    file.parent.mkdir(parents=True)
    target = tmp_path / "target"
    target.write_text("")
    file.symlink_to(target)
    with pytest.raises(OutputProblem, match="symbolic link"):
        store_writing.put("openai", Entry(KEY), env)
    assert target.read_text() == ""


@POSIX
@pytest.mark.parametrize("made", ["folder", "pipe"])
def test_what_is_no_file_is_neither_read_nor_written(
    env: dict[str, str], file: Path, made: str
) -> None:
    file.parent.mkdir(parents=True)
    if made == "folder":
        file.mkdir()
    else:
        os.mkfifo(file)
    with pytest.raises(KeyProblem):
        store.load(env)
    with pytest.raises(OutputProblem, match="no regular file"):
        store_writing.put("openai", Entry(KEY), env)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"{", "damaged"),
        (b"\xff\xfe\x00", "damaged"),
        (b"[]", "damaged"),
        (b'{"version": 1, "keys": ["openai"]}', "damaged"),
        (b'{"version": 1, "keys": {"openai": {"key": 7}}}', "its entry for openai is damaged"),
        (b'{"version": 1, "keys": {"openai": "sk-canary-0123456789"}}', "its entry for openai"),
        (b'{"version": 2, "keys": {}}', "another version"),
        (b"[" * 100_000, "damaged"),
        (b" " * (1 << 20) + b'{"version": 1, "keys": {}}', "damaged"),
    ],
)
def test_a_damaged_one_is_told_and_left_as_it_is(
    env: dict[str, str], file: Path, text: bytes, said: str
) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(text)
    file.chmod(0o600)
    with pytest.raises(KeyProblem, match=said) as caught:
        keys.find(OPENAI, load(env), env)
    assert caught.value.exit == 4
    assert str(file) in caught.value.message
    assert "canary" not in f"{caught.value} {caught.value.hint}"
    with pytest.raises(KeyProblem):
        store_writing.put("groq", Entry(KEY), env)
    assert file.read_bytes() == text


def test_an_empty_one_is_none(env: dict[str, str], file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.touch(0o600)
    assert texts(env) == {}
    store_writing.put("openai", Entry(KEY), env)
    assert texts(env) == {"openai": KEY}


@POSIX
def test_what_others_can_read_is_used_with_a_warning(env: dict[str, str], file: Path) -> None:
    store_writing.put("openai", Entry(KEY), env)
    file.chmod(0o640)
    found = keys.find(OPENAI, load(env), env)
    assert found is not None
    (warning,) = found.warnings
    assert f"chmod 600 {file}" in warning
    assert KEY not in warning


@POSIX
@pytest.mark.parametrize("its_mode", [0o660, 0o602, 0o666])
def test_what_others_can_write_is_not_used(env: dict[str, str], file: Path, its_mode: int) -> None:
    """Pictures that are sent with another's key are seen by that other."""
    store_writing.put("openai", Entry(KEY), env)
    file.chmod(its_mode)
    with pytest.raises(KeyProblem, match="others can write") as caught:
        keys.find(OPENAI, load(env), env)
    assert caught.value.hint == f"chmod 600 {file}"
    file.chmod(0o600)
    assert keys.find(OPENAI, load(env), env)


@POSIX
@pytest.mark.needs_root
@pytest.mark.skipif(not ROOT, reason="needs root, to give a file away")
def test_what_is_anothers_is_not_used(env: dict[str, str], file: Path) -> None:
    store_writing.put("openai", Entry(KEY), env)
    os.chown(file, 65534, 65534)
    with pytest.raises(KeyProblem, match="another user's") as caught:
        keys.find(OPENAI, load(env), env)
    assert caught.value.hint == f"chown 0 {file}"


@POSIX
@pytest.mark.skipif(ROOT, reason="root may read and write everything")
def test_what_cannot_be_read_or_written_says_so(env: dict[str, str], file: Path) -> None:
    store_writing.put("openai", Entry(KEY), env)
    file.chmod(0)
    with pytest.raises(KeyProblem, match="Permission denied"):
        keys.find(OPENAI, load(env), env)
    file.chmod(0o600)
    file.parent.chmod(0o500)
    with pytest.raises(OutputProblem, match="cannot be written") as caught:
        store_writing.put("openai", Entry("other"), env)
    assert "VISION_KEYS" in (caught.value.hint or "")
    file.parent.chmod(0o700)
    assert texts(env) == {"openai": KEY}


def test_who_has_a_variable_does_not_ask_it(env: dict[str, str], file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(b"damaged")
    found = keys.find(OPENAI, load(env), {**env, "OPENAI_API_KEY": "from-the-variable"})
    assert found is not None
    assert (found.secret.reveal(), found.source) == ("from-the-variable", "OPENAI_API_KEY")


def test_who_needs_no_key_asks_with_a_damaged_one(env: dict[str, str], file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(b"damaged")
    row = Provider(name="vllm", dialect="openai_chat", key_env=("K",), key_required=False)
    assert keys.find(row, load(env), env) is None


def test_a_key_of_the_file_that_would_break_a_header_is_refused(
    env: dict[str, str], file: Path
) -> None:
    file.parent.mkdir(parents=True)
    said = {"version": 1, "keys": {"openai": {"key": "sk-canary-01234567\r\nx: y"}}}
    file.write_text(json.dumps(said))
    file.chmod(0o600)
    with pytest.raises(KeyProblem, match="the key store") as caught:
        keys.find(OPENAI, load(env), env)
    assert "canary" not in f"{caught.value} {caught.value.hint}"


def test_settings_that_were_not_loaded_look_into_no_store(env: dict[str, str]) -> None:
    """Who embeds the package with settings of its own has its own keys, too."""
    from visioncli.config import Settings

    store_writing.put("openai", Entry(KEY), env)
    with pytest.raises(KeyProblem):
        keys.find(OPENAI, Settings(), env)


def test_without_a_home_folder_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    import platformdirs

    def nobody_knows(*_: object) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(platformdirs, "user_data_path", nobody_knows)
    assert store.load({}).entries == {}
    with pytest.raises(OutputProblem, match="home folder"):
        store_writing.put("openai", Entry(KEY), {})
