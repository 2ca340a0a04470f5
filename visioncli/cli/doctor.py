"""`vision doctor`: what is installed, configured and reachable, and what is wrong with it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from visioncli import config, providers
from visioncli.auth import store
from visioncli.core.errors import KeyProblem, VisionError
from visioncli.core.secret import Secret

from . import report
from .checkup import choices, installation, servers, surroundings
from .checkup.finding import Finding, Patient, Status, masked, wrong
from .options import DoctorOptions
from .terminal import Out, clean_line, stdout

CHECKS: dict[str, Callable[[Patient], Iterable[Finding]]] = {  # in the order they are told
    "python": installation.python,
    "platform": installation.system,
    "package": installation.package,
    "libmagic": installation.magic,
    "extra": installation.extras,
    "configuration": choices.configuration,
    "model": choices.model,
    "key store": choices.key_store,
    "key": choices.stored_keys,
    "address": servers.addresses,
    "server": servers.servers,
    "catalogue": choices.catalogue,
    "folder": surroundings.folders,
    "terminal": surroundings.terminal,
    "certificates": surroundings.certificates,
    "proxy": surroundings.proxies,
}
WIDE = 22  # columns of what was looked at
SECRET = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD)$")  # how the variables of such are called


def run(options: DoctorOptions) -> int:
    """1 where something is wrong."""
    out = stdout()
    out.write("")  # a closed one says so now
    failed = False
    patient = _patient(out)
    secrets = _secrets(patient.env)
    for found in findings(patient):
        failed = failed or found.status is Status.WRONG
        _show(_hidden(found, secrets), out, json=options.json)
    return int(failed)


def findings(patient: Patient) -> Iterator[Finding]:
    """No check keeps the others from being made, whatever it raises."""
    for check, look in CHECKS.items():
        try:
            yield from look(patient)
        except Exception as error:  # noqa: BLE001 - that is what it is for
            yield wrong(check, error)


def _patient(out: Out) -> Patient:
    size = out.size() if out.is_terminal else None
    try:
        settings = config.load()
        providers.check(settings)
    except VisionError as error:
        without = config.load({"VISION_CONFIG": os.devnull})
        return Patient(env=os.environ, settings=without, trouble=error, size=size)
    return Patient(env=os.environ, settings=settings, size=size)


def _secrets(env: Mapping[str, str]) -> tuple[Secret, ...]:
    """What must not be shown whatever repeats it: a variable may hold another's key by mistake."""
    texts = [value for name, value in env.items() if SECRET.search(name)]
    with suppress(KeyProblem):
        texts += [entry.text for entry in store.load(env).entries.values() if entry.text]
    return tuple(map(Secret, texts))


def _hidden(found: Finding, secrets: tuple[Secret, ...]) -> Finding:
    def hidden(value: Any) -> Any:
        if isinstance(value, str):
            for secret in secrets:
                value = secret.hide(value)
            return masked(value)
        if isinstance(value, list | tuple):
            return [*map(hidden, value)]
        if isinstance(value, Mapping):
            return {name: hidden(inner) for name, inner in value.items()}
        return value

    return Finding(found.check, found.status, *map(hidden, found[2:]))


def _show(found: Finding, out: Out, *, json: bool) -> None:
    if json:
        report.print_json(out, found.as_object())
        return
    what = f"{found.check} {found.name or ''}".strip()
    lines = [f"{found.status:<5}  {what:<{WIDE}} {found.detail}"]
    if found.remedy:
        lines.append(f"         try: {found.remedy}")
    out.write("".join(f"{clean_line(line)}\n" for line in lines))
