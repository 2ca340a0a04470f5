"""The rows, a file for each part of the machine that fails."""

from . import (
    addresses,
    answers,
    damage,
    endings,
    files,
    http,
    journals,
    keys,
    lists,
    models,
    network,
    preparation,
    refusals,
    signals,
    statuses,
    streams,
    system,
    terminal,
)

MODULES = (
    *(files, damage, preparation, addresses, models, keys, network, http, statuses, refusals),
    *(answers, streams, lists, journals, endings, system, signals, terminal),
)
