"""Servers of models on this machine, at the addresses where they are by default.

All that is sent is one GET to a loopback address, by no proxy, with no key.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from visioncli.core.errors import UsageError
from visioncli.providers import names, packaged, provider
from visioncli.providers.address import given

from .finding import Finding, Patient, Status, wrong

PATIENCE = 1.0  # seconds for one server's whole answer
CAP = 1 << 20  # bytes of it
SHOWN = 3  # models that are named


class Server(NamedTuple):
    """provider: whose row asks it. port: the one it has by default, with `prefix` behind it. below:
    what is asked for. listed: the list of its models in the answer, and `key` the name in each.
    """

    name: str
    provider: str
    port: int
    prefix: str = "/v1"
    below: str = "/models"
    listed: str = "data"
    key: str = "id"


# https://docs.ollama.com/api/tags, and each one's own documentation of its port
SERVERS = (
    Server("Ollama", "ollama", 11434, "", "/api/tags", "models", "name"),
    Server("llama.cpp", "llamafile", 8080),
    Server("LM Studio", "lm_studio", 1234),
    Server("vLLM", "vllm", 8000),
)


class Asked(NamedTuple):
    """at: its address. models: None where nobody answered like a server of models."""

    server: Server
    at: str
    models: tuple[str, ...] | None


def servers(patient: Patient) -> Iterator[Finding]:
    todo: list[tuple[Server, str]] = []
    for server in SERVERS:
        row = provider(server.provider, patient.settings)
        try:
            at = given(row, None, patient.env)
        except UsageError:
            continue  # `addresses` tells of it
        at = at or f"http://127.0.0.1:{server.port}{server.prefix}"
        if is_loopback(at):
            todo.append((server, at))
    with ThreadPoolExecutor(len(SERVERS)) as threads:
        found = list(threads.map(lambda pair: ask(*pair), todo))
    for one in found:
        if one.models is not None:
            yield _there(one, patient)
    if not any(one.models is not None for one in found):
        tried = ", ".join(f"{one.server.name} {urlsplit(one.at).netloc}" for one in found)
        detail = f"none answers ({tried or 'none is on this machine'})"
        yield Finding("server", Status.OK, detail, facts={"tried": [one.at for one in found]})


def addresses(patient: Patient) -> Iterator[Finding]:
    """Those that were given in variables."""
    for name in names(patient.settings):
        variable = f"{name.upper()}_BASE_URL"
        if not packaged.names_one_set(name, patient.env) and not patient.env.get(variable):
            continue
        try:
            row = provider(name.lower().replace("-", "_"), patient.settings)
            at = given(row, None, patient.env)
        except UsageError as error:
            yield wrong("address", error, name)
            continue
        if at is not None:
            elsewhere = "" if is_loopback(at) else ", which was not asked"
            facts = {"address": at}
            yield Finding("address", Status.OK, f"{at}{elsewhere}", None, name, facts)


def _there(one: Asked, patient: Patient) -> Finding:
    models = one.models or ()
    some = ", ".join(models[:SHOWN]) + (", …" if len(models) > SHOWN else "")
    count = f"{len(models)} model{'' if len(models) == 1 else 's'}"
    detail = f"{one.at}, {count}{': ' if models else ''}{some}"
    row = provider(one.server.provider, patient.settings)
    known = row.base_url == one.at or given(row, None, patient.env) is not None
    variable = (*row.base_url_env, "")[0]
    remedy = None if known else f"export {variable}={one.at}, then -m {row.name}/MODEL"
    facts = {"address": one.at, "provider": row.name, "models": list(models)}
    return Finding("server", Status.OK, detail, remedy, one.server.name, facts)


def is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def ask(server: Server, at: str) -> Asked:
    try:
        body = got(f"{at}{server.below}")
        said = json.loads(body)
    except (OSError, ValueError, RecursionError):
        return Asked(server, at, None)
    rows = said.get(server.listed) if isinstance(said, dict) else None
    if rows is None and isinstance(said, dict) and server.listed in said:
        rows = []  # as Ollama says that it has none
    return Asked(server, at, _named(rows, server.key) if isinstance(rows, list) else None)


def _named(rows: Sequence[Any], key: str) -> tuple[str, ...]:
    found = (row.get(key) for row in rows if isinstance(row, dict))
    return tuple(name for name in found if isinstance(name, str))


def got(url: str) -> bytes:
    """The body of a 200. Raises OSError, also after PATIENCE, and ValueError for no such answer.

    HTTP/1.0, so that the answer ends with the connection and is in no pieces.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 80
    if parts.scheme != "http":
        raise ValueError(url)
    until = time.monotonic() + PATIENCE
    with socket.create_connection((host, port), PATIENCE) as connection:
        head = f"GET {parts.path} HTTP/1.0\r\nhost: {parts.netloc}\r\naccept: application/json\r\n"
        connection.sendall(f"{head}connection: close\r\n\r\n".encode("ascii"))
        answer = b""
        while len(answer) < CAP and not _whole(answer):
            connection.settimeout(max(0.001, until - time.monotonic()))
            piece = connection.recv(1 << 16)
            if not piece:
                break
            answer += piece
    first, _, body = answer.partition(b"\r\n\r\n")
    if not first.startswith(b"HTTP/1.") or first.split(b" ", 2)[1:2] != [b"200"]:
        raise ValueError(url)
    return body


def _whole(answer: bytes) -> bool:
    """Whether as much has come as its head says: some keep the connection all the same."""
    head, end, body = answer.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n")[1:] if end else ():
        name, _, value = line.partition(b":")
        if name == b"content-length" and value.strip().isdigit():
            return len(body) >= int(value)
    return False
