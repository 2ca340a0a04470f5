"""From a list to its answers, with every vendor."""

from __future__ import annotations

import json
from typing import Any

from tests.program import CAT, CUP

from .conftest import Batch
from .vendor import Vendor

QUESTION = "what is this?"


def records(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def submitted(batch: Batch, vendor: Vendor, *words: str, **more: Any) -> str:
    done = batch(vendor, "submit", "-m", vendor.model, *words, QUESTION, **more)
    assert done.status == 0, done.err
    return done.out.strip()


def test_a_list_is_handed_in_looked_at_and_fetched(batch: Batch, vendor: Vendor) -> None:
    id_ = submitted(batch, vendor, CAT, CUP)
    assert len(vendor.batches) == 1
    assert len(vendor.requests) == 2
    shown = batch(vendor, "status", id_, "--json")
    assert shown.status == 0, shown.err
    assert shown.json["state"] == "ended"
    assert shown.json["batches"][0]["done"] == 2
    done = batch(vendor, "fetch", id_)
    assert done.status == 0, done.err
    found = records(done.out)
    assert [record["image"] for record in found] == [CAT, CUP]
    assert [record["answer"] for record in found] == [f"about {id_}-0-0", f"about {id_}-0-1"]
    assert {record["model"] for record in found} == {vendor.model}
    assert {record["finish"] for record in found} == {"stop"}
    assert found[0]["usage"]["input"] == 85
    assert "2 answered, 0 failed" in done.err
