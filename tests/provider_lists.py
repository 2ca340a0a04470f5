"""Asks one provider for its list of models, as a refresh does."""

from __future__ import annotations

from collections.abc import Mapping

from visioncli.catalogue.making.snapshots import Stated
from visioncli.catalogue.refreshing import asking
from visioncli.config import Settings

KEY = "sk-canary-0123456789abcdefWXYZ"
TODAY = "2026-11-24"
NONE = Settings()


def ask(name: str, env: Mapping[str, str], settings: Settings = NONE) -> asking.Answered:
    (row,) = [row for row in asking.to_ask(settings, env) if row.name == name]
    return asking.ask(row, settings, TODAY, 5.0, env)


def rows(name: str, env: Mapping[str, str]) -> dict[str, Stated]:
    snapshot = ask(name, env).snapshot
    assert (snapshot.source, snapshot.as_of) == ("P", TODAY)
    return dict(snapshot.rows)
