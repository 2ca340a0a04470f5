"""`vision keys …`: keys are kept, listed and forgotten; none is ever shown."""

from __future__ import annotations

import getpass
import os
import warnings

from visioncli import config, providers
from visioncli.auth import keys, store, store_writing, system_keyring
from visioncli.auth.store import Entry
from visioncli.auth.system_keyring import Unavailable
from visioncli.config import Settings
from visioncli.core.errors import KeyProblem, OutputProblem, UnknownModel, UsageError
from visioncli.core.target import Provider
from visioncli.providers.held import held, unset

from . import report, stdin
from .keys_app import KeysOptions
from .terminal import Notes, clean_line, stderr, stdout

LONGEST = 1 << 14  # bytes of a key
AROUND = " \t\r\n"  # what pasting and files add to one
SHOWN = 20  # letters of a name that is repeated: a longer one may be a key
FLEETING = "google"  # a way to sign in whose tokens last an hour


def put(options: KeysOptions) -> int:
    notes = stderr(quiet=options.quiet)
    row = _row(options.provider, _settings())
    _keepable(row)
    secret = keys.checked(_typed(row, notes), f"what was given for {row.name}")
    text, why = secret.reveal(), ""
    if store.path() is None:
        raise OutputProblem(
            "nobody knows the home folder, where keys are kept",
            hint=f"set HOME, or name a file in {store.VARIABLE}",
        )
    try:
        place = f"the keyring ({system_keyring.put(row.name, text)})"
        entry = Entry(None)
    except Unavailable as reason:
        why, entry = str(reason), Entry(text)
        place = f"{store.path()}"
    before = store_writing.put(row.name, entry)
    if entry.text is not None and before == Entry(None):
        _forgotten(row.name)  # as well as can be; it is asked for no more
    notes.note(f"{row.name}: {secret.masked} is kept in {place}")
    if why and why not in system_keyring.ABSENT:
        notes.warn(f"the keyring was not used: {why}")
    _tell_what_else(row, notes)
    return 0


def listing(options: KeysOptions) -> int:
    out, notes = stdout(), stderr(quiet=options.quiet)
    found = list(held(_settings()))
    for warning in store.load().warnings:
        notes.warn(warning)
    wide = max((len(one.provider) for one in found), default=0)
    for one in found:
        if options.json:
            report.print_json(out, one._asdict())
            continue
        used = "" if one.used else "  (not used: the one above comes first)"
        cells = (one.provider.ljust(wide), f"{one.source:<11}", f"{one.masked or '':<8}")
        out.write(clean_line(f"{'  '.join(cells)}  {one.where}{used}") + "\n")
    if not found:
        notes.note("no key is set")
        notes.note("  try: vision keys set PROVIDER")
    return 0


def remove(options: KeysOptions) -> int:
    notes = stderr(quiet=options.quiet)
    settings = _settings()
    name = config.provider_name(options.provider)
    if name not in store.load().entries:  # a provider may be gone, and its key be left
        name = _row(options.provider, settings).name
    entry = store_writing.drop(name)
    if entry is None:
        notes.note(f"{name}: no key is kept")  # as is wanted, so it is no mistake
        return 0
    if entry.text is None and (why := _forgotten(name)):
        raise KeyProblem(
            f"{name}'s key is not used any more, but may still be in the keyring: {why}",
            hint=f"keyring del visioncli {name}, once it can be opened",
            code="keyring",
        )
    notes.note(f"{name}: its key is forgotten")
    return 0


def path(_options: KeysOptions) -> int:
    file = store.path()
    if file is None:
        raise OutputProblem(
            "nobody knows the home folder, where keys are kept",
            hint=f"set HOME, or name a file in {store.VARIABLE}",
        )
    out = stdout()
    out.write((clean_line(str(file)) if out.is_terminal else str(file)) + "\n")
    return 0


def _settings() -> Settings:
    settings = config.load()
    providers.check(settings)
    return settings


def _row(name: str, settings: Settings) -> Provider:
    """Raises UnknownModel (3) with near names; what may be a key is not repeated."""
    if config.provider_name(name) == providers.OFFLINE:
        raise UsageError(f"{name} is the offline model's, which needs no key", hint="vision models")
    try:
        return providers.provider(config.provider_name(name), settings)
    except UnknownModel as error:
        if len(name) > SHOWN or not name.isprintable() or name.startswith("sk-"):
            error.message = "there is no provider of that name"
            error.args = (error.message,)
        raise


def _keepable(row: Provider) -> None:
    """Raises UsageError (2) for one that nothing kept would open."""
    if row.auth == "none":
        raise UsageError(f"{row.name} needs no key", hint=f"-m {row.name}/MODEL")
    if row.auth == FLEETING:
        raise UsageError(
            f"{row.name} takes tokens that last an hour: none is worth keeping",
            hint="gcloud auth application-default login, or name a key file in"
            " GOOGLE_APPLICATION_CREDENTIALS",
        )


def _typed(row: Provider, notes: Notes) -> str:
    """The one line of stdin, or what is typed unseen on a terminal. Raises KeyProblem (4)."""
    if stdin.is_terminal():
        text = _asked(row)
    else:
        read = stdin.named(notes.note, f"{row.name}'s key").read(LONGEST + 1)
        text = read.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    long, text = len(text) > LONGEST, text.strip(AROUND)
    if long or "\n" in text:
        raise KeyProblem(
            f"what was given for {row.name} is longer than one line, and a key is one line",
            hint="… | head -n 1 | vision keys set " + row.name,
            code="key_malformed",
        )
    if text:
        return text
    raise KeyProblem(
        f"no key of {row.name} was given",
        hint=f"vision keys set {row.name}, and type it; or vision keys set {row.name} < FILE",
        code="key_missing",
    )


def _asked(row: Provider) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(f"{row.name}'s key, which is not shown: ")
        except EOFError:
            return ""
        except getpass.GetPassWarning:
            raise KeyProblem(
                "this terminal would show the key while it is typed",
                hint=f"vision keys set {row.name} < FILE",
            ) from None


def _forgotten(name: str) -> str:
    """Why the keyring does not forget a key; "" where it does."""
    try:
        system_keyring.delete(name)
    except Unavailable as why:
        return str(why)
    return ""


def _tell_what_else(row: Provider, notes: Notes) -> None:
    """What comes before the key, and what the provider needs that is no secret."""
    if name := next((n for n in keys.variables(row) if os.environ.get(n)), None):
        notes.warn(f"{name} is set, and comes before what is kept")
    if row.auth == "sigv4":
        notes.note("it is sent as a bearer token; AWS's access keys stay where its tools have them")
    if missing := unset(row):
        notes.note(f"what else {row.name} may need stays in the environment: {', '.join(missing)}")
