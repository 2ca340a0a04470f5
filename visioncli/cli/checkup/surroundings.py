"""Folders, terminal, certificates, proxies: what the machine brings."""

from __future__ import annotations

import locale
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

from visioncli.core.errors import NetworkProblem
from visioncli.transport import tls
from visioncli.transport.proxies import proxy_for

from .finding import Finding, Patient, Status, masked, wrong

FOLDERS = {  # what cannot be kept where it cannot be written
    "cache": (platformdirs.user_cache_path, "XDG_CACHE_HOME", "refreshed catalogues and hashes"),
    "data": (platformdirs.user_data_path, "XDG_DATA_HOME", "keys and batches"),
    "config": (platformdirs.user_config_path, "XDG_CONFIG_HOME", "a configuration"),
}
PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
HERE = "http://127.0.0.1:11434"


def folders(_patient: Patient) -> Iterator[Finding]:
    """Whether they can be written; nothing is made that is not there."""
    for name, (of, variable, what) in FOLDERS.items():
        try:
            folder = of("visioncli")
        except RuntimeError:
            folder = Path()
        facts = {"path": str(folder), "exists": folder.is_dir()}
        why = _unwritable(folder)
        if why is None:
            there = "" if facts["exists"] else ", which is not there yet"
            yield Finding("folder", Status.OK, f"{folder}{there}", None, name, facts)
            continue
        detail = f"{what} cannot be kept: {folder} {why}"
        remedy = f"make it writable, or {variable}=DIR"
        yield Finding("folder", Status.WARN, detail, remedy, name, facts)


def _unwritable(folder: Path) -> str | None:
    if not folder.is_absolute():
        return "is no place: nobody knows the home folder"
    try:
        nearest = next(part for part in (folder, *folder.parents) if part.exists())
        if not nearest.is_dir():
            return f"cannot be made: {nearest} is a file"
        if not os.access(nearest, os.W_OK | os.X_OK):
            return "cannot be written"
        if nearest == folder:
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"-")
    except OSError as error:
        return f"cannot be written: {error.strerror}"
    return None


def terminal(patient: Patient) -> Iterator[Finding]:
    env = patient.env
    encoding = locale.getpreferredencoding(do_setlocale=False)
    term = env.get("TERM") or None
    shown = [f"{name}={env[name]}" for name in ("NO_COLOR", "CLICOLOR_FORCE") if env.get(name)]
    size = f"{patient.size[0]} columns" if patient.size else "stdout is no terminal"
    language = next((env[n] for n in ("LC_ALL", "LC_CTYPE", "LANG") if env.get(n)), None)
    facts = {"encoding": encoding, "term": term, "locale": language, "size": patient.size}
    detail = ", ".join((size, f"TERM={term or ''}", f"{language or 'no locale'}", encoding, *shown))
    if patient.size and encoding.lower().replace("-", "") != "utf8":
        remedy = "export LC_ALL=C.UTF-8, if letters are shown as others"
        yield Finding("terminal", Status.WARN, f"{detail}; UTF-8 is written", remedy, None, facts)
        return
    yield Finding("terminal", Status.OK, detail, None, None, facts)


def certificates(patient: Patient) -> Iterator[Finding]:
    named = {n: v for n in (*tls.BUNDLES, "SSL_CERT_DIR") if (v := patient.env.get(n))}
    try:
        tls.context()
    except Exception as error:  # noqa: BLE001 - which variable it was is worth telling in any case
        told = wrong("certificates", error)
        yield told._replace(facts=named)
        return
    listed = ", ".join(f"{name}={value}" for name, value in named.items())
    detail = listed or "the system's, or certifi's where it has none"
    yield Finding("certificates", Status.OK, detail, None, None, named)


def proxies(patient: Patient) -> Iterator[Finding]:
    """Local servers that would be asked over a proxy are not found there."""
    env = patient.env
    set_here = {n: v for name in PROXIES for n in (name.lower(), name) if (v := env.get(n))}
    facts = {name: masked(value) for name, value in set_here.items()}
    try:
        used = proxy_for(urlsplit("https://api.openai.com/"))
        here = proxy_for(urlsplit(HERE))
    except NetworkProblem as error:
        yield wrong("proxy", error)._replace(facts=facts)
        return
    if here is not None:
        detail = f"{here.label} is asked for 127.0.0.1, too, where local servers are"
        remedy = "export NO_PROXY=localhost,127.0.0.1,::1"
        yield Finding("proxy", Status.WARN, detail, remedy, None, facts)
    elif used is not None:
        yield Finding("proxy", Status.OK, used.label, None, None, facts)
    else:
        yield Finding("proxy", Status.OK, "none", None, None, facts)
