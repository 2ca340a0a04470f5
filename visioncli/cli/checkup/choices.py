"""What the user chose: the configuration, the model, the keys, the catalogue."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from visioncli import choice, config
from visioncli.auth import keys, store
from visioncli.catalogue import current, index
from visioncli.core.errors import KeyProblem, UsageError
from visioncli.models.readiness import FILES, elsewhere
from visioncli.providers import names, packaged, provider
from visioncli.providers.held import COMMAND, ENVIRONMENT, held

from . import requirements
from .finding import Finding, Patient, Status, wrong

OLD = 90  # days after which models are missing in a list of them


def configuration(patient: Patient) -> Iterator[Finding]:
    if patient.trouble is not None:
        yield wrong("configuration", patient.trouble)
        return
    file = patient.settings.file
    if file is not None:
        yield Finding("configuration", Status.OK, str(file), facts={"file": str(file)})
        return
    place = patient.env.get("VISION_CONFIG") or config.default_file()
    detail = f"none, which is fine; it would be {place}"
    yield Finding("configuration", Status.OK, detail, facts={"file": None, "place": str(place)})


def model(patient: Patient) -> Iterator[Finding]:
    """What `ask` would ask without -m."""
    try:
        (chosen,) = choice.choose((), patient.settings, patient.env)
    except KeyProblem:
        return  # of the store, which `stored_keys` tells
    except UsageError as error:
        if patient.env.get("VISION_MODEL") or patient.settings.default_model:
            raise
        yield Finding("model", Status.WARN, f"none without -m: {error.message}", error.hint)
        return
    detail = f"{chosen.ref} where -m names none ({chosen.why})"
    if chosen.ref == choice.EYES and not all(need.fits for need in requirements.needs("local")):
        detail = f"none without -m: {choice.EYES} is not installed, and {chosen.why}"
        remedy = "vision keys set PROVIDER, or pip install 'visioncli[local]'"
        yield Finding("model", Status.WARN, detail, remedy, facts={"model": None})
        return
    yield Finding("model", Status.OK, detail, facts={"model": str(chosen.ref)})


def key_store(patient: Patient) -> Iterator[Finding]:
    file = store.path(patient.env)
    facts = {"file": str(file) if file else None}
    if file is None:
        detail = "nobody knows the home folder, where keys would be kept"
        yield Finding(
            "key store", Status.WARN, detail, f"set HOME, or {store.VARIABLE}", None, facts
        )
        return
    contents = store.load(patient.env)
    for warning in contents.warnings:
        detail, _, remedy = warning.rpartition(": ")
        yield Finding("key store", Status.WARN, detail, remedy, None, facts)
    if not contents.warnings:
        count = len(contents.entries)
        held = "no key is kept" if not count else f"{count} key{'s' if count > 1 else ''}"
        yield Finding("key store", Status.OK, f"{held}, {file}", None, None, facts)


def stored_keys(patient: Patient) -> Iterator[Finding]:
    """Who has a key, and where from; no command is run, and no keyring opened."""
    found = False
    try:
        listed = list(held(patient.settings, patient.env))
    except KeyProblem:  # of the store, which `key_store` tells
        listed = list(held(replace(patient.settings), patient.env))
    for one in listed:
        found = True
        facts = {"source": one.source, "where": one.where, "used": one.used}
        detail = f"from the {one.source}: {one.where}"
        if one.source == COMMAND:
            detail = f"by a command of {one.where}, which was not run"
        try:
            if one.source == ENVIRONMENT:
                keys.checked(patient.env[one.where], one.where)
        except KeyProblem as error:
            yield Finding("key", Status.WRONG, error.message, error.hint, one.provider, facts)
            continue
        if not one.used:
            detail += " (not used: another comes first)"
        yield Finding("key", Status.OK, detail, None, one.provider, facts)
    for name in packaged.names():
        if not packaged.says(name, *(f'"{auth}"' for auth in FILES)):
            continue
        if elsewhere(provider(name, patient.settings), patient.env):
            found = True
            facts = {"source": "credentials", "where": None, "used": True}
            yield Finding("key", Status.OK, "by the vendor's own tools", None, name, facts)
    if not found:
        remedy = f"vision keys set PROVIDER ({len(names(patient.settings))} are known)"
        yield Finding("key", Status.OK, "none; local/eyes and local servers need none", remedy)


def catalogue(_patient: Patient) -> Iterator[Finding]:
    file = current.file(index.NAME)
    made = current.made(file)
    refreshed = current.cache() + index.NAME
    origin = "the package's own" if file == index.PATH else "refreshed"
    facts = {"date": made, "file": file, "refreshed": file != index.PATH}
    if not made:
        remedy = "pip install --force-reinstall visioncli"
        yield Finding("catalogue", Status.WRONG, f"it is damaged: {file}", remedy, None, facts)
        return
    if file == index.PATH and current.there(refreshed) and not current.made(refreshed):
        detail = f"the refreshed one is damaged, the package's own is used: {refreshed}"
        yield Finding("catalogue", Status.WARN, detail, "vision models --refresh", None, facts)
    days = (date.fromisoformat(time.strftime("%Y-%m-%d")) - date.fromisoformat(made)).days
    detail = f"of {made}, {origin}, {file}"
    if days > OLD:
        detail = f"{days} days old: {detail}"
        yield Finding("catalogue", Status.WARN, detail, "vision models --refresh", None, facts)
        return
    yield Finding("catalogue", Status.OK, detail, None, None, facts)
