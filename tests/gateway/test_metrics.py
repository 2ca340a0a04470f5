"""What Prometheus is told."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from tests.mock import Mock, Reply

from .entries import one
from .running import question, serving


def test_requests_tokens_and_failures_are_counted(mock: Mock) -> None:
    with serving(one(mock)) as served:
        served.post(question())
        served.post(question(stream=True))
        mock.replies.append(Reply(b"", status=503))
        served.post(question())
        served.post(question("nobody-lists-this"))
        text = served.get("/metrics").text
    found = {
        (sample.name, tuple(sorted(sample.labels.values()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["vision_requests_total", ("200", "chat", "m")] == 2
    assert found["vision_requests_total", ("503", "chat", "m")] == 1
    assert found["vision_requests_total", ("", "404", "chat")] == 1
    assert found["vision_tokens_total", ("input", "m")] == 170
    assert found["vision_tokens_total", ("m", "output")] == 18
    assert found["vision_provider_failures_total", ("503", "m", "openai")] == 1
    assert found["vision_first_text_seconds_count", ("chat", "m")] == 1
    assert found["vision_requests_under_way", ()] == 0
    assert "nobody-lists-this" not in text
