"""Keys that are malformed or not to be had, and where keys must not be."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import Any

from tests.matrix.place import Done, Place
from tests.matrix.rows import Row, error, remedy, warning
from tests.program import KEY

from .early import UNSET, configured, early


def command(id_: str, case: str, cmd: str, *lines: str, **more: Any) -> Row:
    """A command that is to print the key."""
    return early(
        id_, 4, case, *lines, **configured(f"[keys]\nopenai = {{ cmd = {cmd} }}\n"), **more
    )


def stored(data: bytes, mode: int = 0o600, key: str = "UNSET"):
    def act(place: Place) -> Done:
        place.write("keys", data)
        (place.folder / "keys").chmod(mode)
        done = place.ask(env={"VISION_KEYS": str(place.folder / "keys")})
        (place.folder / "keys").unlink()
        return done

    return act


def kept(place: Place) -> Done:
    """What `keys set` makes is nobody else's to read, and the key comes from stdin alone."""
    store = place.folder.parent / "store" / "keys"
    done = place.vision(
        "keys", "set", "openai", stdin=KEY.encode() + b"\n", env={"VISION_KEYS": str(store)}
    )
    assert stat.S_IMODE(store.stat().st_mode) == 0o600
    assert KEY in store.read_text()
    listed = place.vision("keys", "list", env={"VISION_KEYS": str(store)})
    assert KEY not in listed.out + listed.err
    store.unlink()
    return done


def argument(place: Place) -> Done:
    store = {"VISION_KEYS": str(place.folder / "keys")}
    return place.vision("keys", "set", "openai", "sk-typed-by-mistake", env=store)


def read_only_store(place: Place) -> Done:
    folder = place.folder / "store"
    folder.mkdir()
    (folder / "keys").mkdir()
    env = {"VISION_KEYS": str(folder / "keys")}
    return place.vision("keys", "set", "openai", stdin=b"sk-of-nobody-at-all\n", env=env)


def file_of_a_key() -> bytes:
    return b'{"version": 1, "keys": {"openai": {"key": "%s"}}}' % KEY.encode()


def under_way(place: Place) -> Done:
    """What `ps` shows while the request is under way."""
    process = place.start()
    place.until(process, lambda: place.received)
    assert KEY.encode() not in Path(f"/proc/{process.pid}/cmdline").read_bytes()
    process.terminate()
    out, err = process.communicate(timeout=10)
    return place.ended(process.returncode, out, err)


def traced(place: Place) -> Done:
    """The traceback was asked for; all but its end is left out here."""
    done = place.ask()
    assert "Traceback" in done.err
    assert KEY not in done.err
    lines = done.err.splitlines(keepends=True)
    return Done(done.status, done.out, "".join(lines[-2:]))


KEYS = (
    *(
        early(
            f"71{letter}",
            4,
            f"a key with {case}",
            error(r"the key in OPENAI_API_KEY holds white space or characters that no key has"),
            remedy(r"set it again without quotes, spaces or line ends"),
            env={"OPENAI_API_KEY": key},
        )
        for letter, case, key in (
            ("a", "a space", "sk-a b"),
            ("b", "a line end", "sk-a\nX-Evil: 1"),
            ("c", "an escape", "sk-\x1b[31m"),
            ("d", "letters beyond ASCII", "sk-\u00e9"),
        )
    ),
    command(
        "71e",
        "a key's command that fails",
        '["false"]',
        error(r"the command for openai's key failed with status 1"),
    ),
    command(
        "71f",
        "a key's command that is not there",
        '["no-such-program"]',
        error(r"the command for openai's key cannot be run: .+"),
    ),
    command(
        "71g",
        "a key's command that prints nothing",
        '["true"]',
        error(r"the command for openai's key printed nothing"),
    ),
    command(
        "71h",
        "a key's command that prints two words",
        '["echo", "a b"]',
        error(r"the key .+ holds white space or characters that no key has"),
        remedy(".+"),
    ),
    command(
        "71i",
        "a key's command that does not end",
        '["sleep", "60"]',
        error(r"the command for openai's key gave no answer within 0\.5 s"),
        inside={"set": {"visioncli.auth.keys:CMD_TIMEOUT": 0.5}},
    ),
    early(
        "71j",
        4,
        "a key store that is damaged",
        error(r"the key store PLACE/keys cannot be used: .+"),
        remedy(".+"),
        act=stored(b"[keys\n"),
        env=UNSET,
    ),
    Row(
        id="71k",
        case="a key store that others can read",
        exit=0,
        requests=1,
        env=UNSET,
        act=stored(file_of_a_key(), 0o644),
        says=(warning(r"others can read the keys in PLACE/keys: chmod 600 PLACE/keys"),),
    ),
    early(
        "71l",
        2,
        "a key that is typed as an argument",
        error(r"a key is not taken from the command line, .+"),
        remedy(".+"),
        act=argument,
    ),
    Row(
        id="71m",
        case="keys set: a file that its owner alone reads",
        exit=0,
        out="",
        act=kept,
        says=(
            r"openai: \S+ is kept in .+",
            warning(r"OPENAI_API_KEY is set, and comes before what is kept"),
        ),
    ),
    early(
        "71n",
        13,
        "a key store that cannot be written",
        error(r".*store/keys.*"),
        remedy(".+"),
        act=read_only_store,
    ),
)


SECRETS = (
    Row(
        id="68a",
        case="--debug",
        exit=0,
        requests=1,
        options=("--debug",),
        says=(r"POST http://SERVER/\S+, \d+ bytes", *[r".+: .+"] * 2),
    ),
    Row(
        id="68b",
        case="--dry-run --full",
        exit=0,
        options=("--dry-run", "--full"),
        out=re.compile(r"POST .+", re.DOTALL),
        says=(".*",),
    ),
    Row(
        id="68c",
        case="--dry-run --curl",
        exit=0,
        options=("--dry-run", "--curl"),
        out=re.compile(r"curl .+\$\{?OPENAI_API_KEY.+", re.DOTALL),
        says=(".*",),
    ),
    Row(
        id="68d",
        case="--dry-run --json",
        exit=0,
        options=("--dry-run", "--json"),
        out=re.compile(r'\{"method".+\}\n'),
    ),
    Row(
        id="68e",
        case="the command line, while it runs",
        exit=143,
        answer="stall-headers",
        options=("--debug",),
        requests=1,
        act=under_way,
        says=(r"POST .+", *[r".+: .+"] * 2),
        needs=("linux",),
    ),
    Row(
        id="68f",
        case="a crash with --debug",
        exit=70,
        options=("--debug",),
        requests=0,
        inside={"raise": {"visioncli.api:built": "ZeroDivisionError"}},
        says=(error(r"a bug of ours: .+"), remedy(".+")),
        act=traced,
    ),
)

ROWS = (
    *KEYS,
    *SECRETS,
)
