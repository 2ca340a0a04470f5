"""`vision models --refresh`, as a user runs it: what is said, what is kept, and who is asked."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.catalogue_documents import litellm, models_dev
from tests.faults.peer import Faults
from tests.program import KEY, Done, vision
from tests.registry import Answer, Asked, Registry, as_json
from visioncli.catalogue import current, index

from .refreshing import EYES, NEW, Machine

BUNDLED = len(index.rows(path=index.PATH))


def only_if_changed(value: Any, **tags: str) -> Callable[[Asked], Answer]:
    """304 for whoever says the tags again."""

    def give(asked: Asked) -> Answer:
        same = asked.headers.get("if-none-match") == tags.get("etag")
        since = asked.headers.get("if-modified-since") == tags.get("last_modified")
        return Answer(status=304) if same and since else as_json(value, **tags)

    return give


# ------------------------------------------------------------------ changed, unchanged


def test_what_is_new_is_known_afterwards(machine: Machine, registry: Registry) -> None:
    one = registry.gives("/l.json", litellm(**{NEW: EYES, "openai/bl\x1bind": {}}))
    machine.reads(one, registry.gives("/m.json", models_dev()))
    assert not machine.knows(NEW)
    done = machine.refresh()
    assert (done.status, done.out) == (0, "")
    first, second, last = done.err.splitlines()
    assert first.startswith(f"{one}: changed: ")
    assert ", 1 new, 0 not listed any more, 1 of no use, 20" in first
    assert second.startswith(f"{registry.url}/m.json: changed: ")
    assert last == f"catalogue: {BUNDLED + 1:,} models, 1 new, in {machine.folder}"
    assert machine.knows(NEW)
    assert machine.knows("openai/gpt-4o")
    assert NEW in vision("models", "--ids", env=machine.env).out.split()


def test_what_is_gone_stays_with_the_date(refreshed: Machine, registry: Registry) -> None:
    registry.gives("/l.json", litellm())
    done = refreshed.refresh("--json")
    assert done.json["gone"] == 1
    assert (done.json["status"], done.json["new"]) == ("changed", 0)
    checked = vision("check", NEW, env=refreshed.env)
    assert "retired since 20" in checked.out
    assert checked.status == 0


@pytest.mark.parametrize(
    "tags",
    [
        {"etag": '"one"'},
        {"last_modified": "Tue, 24 Nov 2026 10:00:00 GMT"},
        {"etag": 'W/"two"', "last_modified": "Tue, 24 Nov 2026 10:00:00 GMT"},
    ],
)
def test_what_has_not_changed_is_not_sent_again(
    machine: Machine, registry: Registry, tags: dict[str, str]
) -> None:
    registry.answers["/l.json"] = only_if_changed(litellm(**{NEW: EYES}), **tags)
    machine.reads(f"{registry.url}/l.json")
    machine.refresh()
    before = machine.files
    done = machine.refresh("--json")
    assert done.json["status"] == "unchanged"
    assert done.err.endswith(f"catalogue: as it was, {BUNDLED + 1:,} models\n")
    assert machine.files == before
    assert machine.knows(NEW)


def test_the_same_bytes_without_tags_are_unchanged_too(refreshed: Machine) -> None:
    refreshed.refresh()
    before = refreshed.files
    assert refreshed.refresh("--json").json["status"] == "unchanged"
    assert refreshed.files == before


@pytest.mark.parametrize("lost", ["index.tsv", "facts.tsv"])
def test_a_damaged_file_is_made_again(refreshed: Machine, lost: str) -> None:
    refreshed.refresh()
    path = refreshed.folder / lost
    path.write_bytes(path.read_bytes()[:100_000])
    done = refreshed.refresh("--json")
    assert (done.status, done.json["status"]) == (0, "changed")
    assert refreshed.knows(NEW)


def test_no_one_s_tags_are_asked_for_another_address(
    refreshed: Machine, registry: Registry
) -> None:
    refreshed.reads(registry.gives("/other.json", litellm()))
    refreshed.refresh()
    assert "if-none-match" not in registry.asked[-1].headers


# ------------------------------------------------------------------ files


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_is_read_as_an_address_is(machine: Machine, tmp_path: Path, packed: bool) -> None:
    data = json.dumps(litellm(**{NEW: EYES})).encode()
    file = tmp_path / "registry"
    file.write_bytes(gzip.compress(data) if packed else data)
    done = machine.refresh("--source", str(file), OPENAI_API_KEY=KEY)
    assert done.status == 0
    assert len(done.err.splitlines()) == 2  # the providers are not asked
    assert done.err.startswith(f"{file}: changed: ")
    assert machine.knows(NEW)


def test_a_list_on_stdin(machine: Machine) -> None:
    data = json.dumps(litellm(**{NEW: EYES})).encode()
    done = vision("models", "--refresh", "--source", "-", stdin=data, env=machine.env)
    assert done.err.startswith("stdin: changed: ")
    assert machine.knows(NEW)


def test_a_file_that_is_not_there_is_named(machine: Machine, tmp_path: Path) -> None:
    done = machine.refresh("--source", str(tmp_path / "no.json"))
    assert done.status == 2
    assert f"the source {tmp_path}/no.json cannot be read: No such file" in done.err
    assert machine.files == {}


def test_collected_facts_are_a_source_too(machine: Machine, tmp_path: Path) -> None:
    fact = {"model": NEW, "says": {"L3": True}, "usd_in": 2.5}
    file = tmp_path / "facts.jsonl"
    file.write_text(json.dumps(fact) + "\n")
    assert machine.refresh("--source", str(file)).status == 0
    assert "(LiteLLM, 2026-11-12)" in vision("check", NEW, env=machine.env).out


def test_an_older_file_takes_nothing_away(refreshed: Machine, tmp_path: Path) -> None:
    few = {NEW: {**EYES, "supports_vision": False}}
    file = tmp_path / "old.json"
    file.write_text(json.dumps(few))
    os.utime(file, (1_700_000_000, 1_700_000_000))
    assert refreshed.refresh("--source", str(file)).status == 0
    assert refreshed.knows(NEW)
    assert "retired" not in vision("check", NEW, env=refreshed.env).out


def test_a_date_that_no_list_can_have_is_not_the_file_s_own(
    machine: Machine, tmp_path: Path
) -> None:
    file = tmp_path / "out-of-an-archive.json"
    file.write_text(json.dumps(litellm(**{NEW: EYES})))
    os.utime(file, (315_532_800, 315_532_800))  # 1980
    done = machine.refresh("--source", str(file), "--json")
    assert done.json["as_of"] >= "2026"
    assert "1980" not in vision("check", NEW, env=machine.env).out


# ------------------------------------------------------------------ the providers' own lists


def test_keyed_providers_are_asked_and_no_key_is_kept_or_shown(
    machine: Machine, registry: Registry
) -> None:
    listed = [{"id": "gpt-9-eyes"}, {"id": KEY}, {"id": f"x-{KEY}"}]
    registry.answers["/v1/models"] = lambda _: as_json({"data": listed}, etag=f'"{KEY}"')

    def bad(asked: Asked) -> Answer:
        return Answer(json.dumps({"error": {"message": str(asked.headers)}}).encode(), 401)

    registry.answers["/bad/models"] = bad
    machine.reads(
        more="[providers.mine]\ndialect = 'openai_chat'\nkey_env = ['MINE_KEY']\n"
        f"base_url = '{registry.url}/bad'\n"
    )
    keys = {"OPENAI_API_KEY": KEY, "MINE_KEY": KEY, "AZURE_OPENAI_API_KEY": KEY}
    where = {"OPENAI_BASE_URL": f"{registry.url}/v1", "AZURE_OPENAI_ENDPOINT": registry.url}
    done = machine.refresh("--json", "--debug", **keys, **where)
    assert done.status == 4
    by_name = {one["source"]: one for one in done.objects}
    assert {name: one["status"] for name, one in by_name.items()} == {
        "mine": "failed",
        "openai": "changed",
        "azure": "skipped",
    }
    assert by_name["openai"]["models"] == 1
    assert by_name["azure"]["why"] == "it has no list of models that is read here"
    assert "mine: the provider rejects the key" in by_name["mine"]["error"]["message"]
    assert all(f"Bearer {KEY}" == a.headers["authorization"] for a in registry.asked)
    assert KEY not in done.out + done.err
    assert all(KEY.encode() not in data for data in machine.files.values())
    again = machine.refresh("--json", **keys, **where)
    assert {one["status"] for one in again.objects} == {"failed", "unchanged", "skipped"}


def test_what_a_provider_states_is_a_verdict_and_what_it_lists_is_none(
    machine: Machine, registry: Registry
) -> None:
    registry.gives("/v1/models", {"data": [{"id": "eyes-9", "capabilities": {"vision": True}}]})
    registry.gives("/o/models", {"data": [{"id": "gpt-9-who-knows"}]})
    machine.reads()
    env = {"MISTRAL_BASE_URL": f"{registry.url}/v1", "OPENAI_BASE_URL": f"{registry.url}/o"}
    done = machine.refresh(MISTRAL_API_KEY=KEY, OPENAI_API_KEY=KEY, **env)
    assert done.status == 0
    checked = vision("check", "mistral/eyes-9", "openai/gpt-9-who-knows", env=machine.env)
    yes, unknown = checked.out.splitlines()
    assert yes.startswith("yes")
    assert unknown.startswith("unknown")
    assert machine.knows("openai/gpt-4o")


def test_an_address_with_a_token_is_neither_shown_nor_kept(
    machine: Machine, registry: Registry
) -> None:
    registry.gives("/l.json", litellm())
    machine.reads(f"{registry.url}/l.json?token={KEY}")
    done = machine.refresh()
    assert done.status == 0
    assert registry.asked[0].query == {"token": KEY}
    assert KEY not in done.err
    assert all(KEY.encode() not in data for data in machine.files.values())
    machine.reads(f"http://user:{KEY}@127.0.0.1:1/l.json")
    done = machine.refresh()
    assert done.status == 2
    assert KEY not in done.err


# ------------------------------------------------------------------ the command line


def test_nothing_to_read_is_said(machine: Machine) -> None:
    machine.reads()
    done = machine.refresh()
    assert done.status == 2
    assert "there is no source to read" in done.err


def test_quiet_leaves_errors_alone(refreshed: Machine, broken: Faults) -> None:
    assert refreshed.refresh("-q") == Done(0, "", "")
    assert refreshed.refresh("-q") == Done(0, "", "")
    refreshed.reads(f"{broken.at('html200')}/l.json")
    assert refreshed.refresh("-q").err.startswith("error: ")


@pytest.mark.parametrize("text", ["sources = 'https://x'", "timeout = 0", "source = []"])
def test_a_mistake_in_the_configuration_is_named(machine: Machine, text: str) -> None:
    file = machine.home / "config.toml"
    file.write_text(f"[catalogue]\n{text}\n")
    done = machine.refresh(VISION_CONFIG=str(file))
    assert done.status == 2
    assert f"{file}, line 2" in done.err


def test_the_public_registries_are_what_is_read_where_nothing_else_is_said(
    machine: Machine, broken: Faults
) -> None:
    """Through a proxy that answers nothing, so that no test asks them."""
    proxy = {"https_proxy": f"http://127.0.0.1:{broken.port}", "no_proxy": ""}
    done = machine.refresh("--json", **proxy)
    assert [one["source"] for one in done.objects] == ["litellm", "models.dev"]
    assert {one["status"] for one in done.objects} == {"failed"}
    assert machine.files == {}
    assert current.BUNDLED
