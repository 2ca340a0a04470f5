"""What the installed package says that it needs, and whether that is there.

https://packaging.python.org/specifications/core-metadata: as much of the form as our own
pyproject.toml uses. Nothing is imported to find out.
"""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from typing import NamedTuple

PACKAGE = "visioncli"
REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*\(?([^;)]*)\)?\s*(?:;(.*))?")
CONDITION = re.compile(r"(\w+) *(==|!=) *['\"]([^'\"]*)['\"]")
BOUND = re.compile(r"(>=|<=|==|<|>|!=)\s*([0-9][0-9A-Za-z.]*)")
SURROUNDINGS = {
    "sys_platform": lambda: sys.platform,
    "platform_machine": platform.machine,
}


class Need(NamedTuple):
    """have: the version that is installed, None where none is. fits: whether it is as is wanted."""

    package: str
    wanted: str
    have: str | None
    fits: bool


def extras() -> tuple[str, ...]:
    return tuple(metadata.metadata(PACKAGE).get_all("Provides-Extra") or ())


def needs(extra: str = "") -> Iterator[Need]:
    """Of the package itself, or of one of its extras, on this machine."""
    for text in metadata.requires(PACKAGE) or ():
        found = REQUIREMENT.fullmatch(text.strip())
        if found is None:
            continue
        package, wanted, conditions = (part or "" for part in found.groups())
        if package == PACKAGE or not _applies(conditions, extra):
            continue
        try:
            have = metadata.version(package)
        except metadata.PackageNotFoundError:
            have = None
        yield Need(package, wanted.strip(), have, have is not None and fits(have, wanted))


def _applies(conditions: str, extra: str) -> bool:
    """Conditions are joined by "and" alone here."""
    told = {name: tell() for name, tell in SURROUNDINGS.items()} | {"extra": extra}
    said = CONDITION.findall(conditions)
    if extra and "extra" not in {name for name, _, _ in said}:
        return False
    return all((told.get(name, "") == value) is (how == "==") for name, how, value in said)


def fits(have: str, wanted: str) -> bool:
    """Whether "2.1.3" is ">=2.0,<3"; letters, as those of a release candidate, are left aside."""
    version = _numbers(have)
    for how, text in BOUND.findall(wanted):
        bound = _numbers(text)
        size = max(len(version), len(bound))
        mine, its = (v + (0,) * (size - len(v)) for v in (version, bound))
        met = {
            ">=": mine >= its,
            "<=": mine <= its,
            "==": mine == its,
            "!=": mine != its,
            "<": mine < its,
            ">": mine > its,
        }
        if not met[how]:
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(map(int, found.group().split("."))) if found else ()
