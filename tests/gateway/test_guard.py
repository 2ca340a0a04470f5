"""Who may ask, and what is told to nobody."""

from __future__ import annotations

import pytest

from tests.mock import Mock
from tests.program import vision
from visioncli.gateway.guard import is_loopback
from visioncli.gateway.settings import Gateway

from .entries import KEY, entry, one
from .running import MASTER, program, question, serving

CALLER = "sk-caller-canary-0123456789"
PATHS = ["/v1/models", "/models", "/model/info", "/model_group/info", "/metrics"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": MASTER},
        {"authorization": f"Basic {MASTER}"},
        {"x-api-key": MASTER[:-1]},
        {"x-api-key": ""},
    ],
)
def test_a_missing_or_wrong_key_is_401(mock: Mock, headers: dict[str, str]) -> None:
    with serving(one(mock, master_key=MASTER)) as served:
        said = served.post(question(), headers=headers)
        assert (said.status_code, said.json()["error"]["type"]) == (401, "authentication_error")
        assert said.headers["www-authenticate"] == "Bearer"
        for path in PATHS:
            assert served.get(path, headers=headers).status_code == 401
        anthropic = served.post({}, "/v1/messages", headers=headers).json()
        assert anthropic["error"]["type"] == "authentication_error"
        assert MASTER not in said.text + str(anthropic) + str(served.told)
    assert mock.received == []


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": f"Bearer {MASTER}"},
        {"authorization": f"bearer {MASTER}"},
        {"x-api-key": MASTER},
    ],
)
def test_the_key_is_taken_in_either_place(mock: Mock, headers: dict[str, str]) -> None:
    with serving(one(mock, master_key=MASTER)) as served:
        assert served.post(question(), headers=headers).status_code == 200
        assert all(served.get(path, headers=headers).status_code == 200 for path in PATHS)


def test_what_tells_nothing_needs_no_key(mock: Mock) -> None:
    with serving(one(mock, master_key=MASTER)) as served:
        assert served.get("/health").json()["status"] == "ok"
        for path in ("/", "/docs", "/openapi.json"):
            said = served.get(path)
            assert said.status_code == 200
            assert "gpt-4o" not in said.text  # no model of the configuration


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "10.0.0.1", "", "["])
def test_a_name_that_was_made_to_lead_here_is_refused(mock: Mock, host: str) -> None:
    with serving(one(mock)) as served:
        assert served.post(question(), headers={"host": host}).status_code == 403
        assert served.get("/v1/models", headers={"host": host}).status_code == 403
    assert mock.received == []


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}],
)
def test_a_page_of_another_host_is_refused(mock: Mock, headers: dict[str, str]) -> None:
    """Also with a body that needs no leave of the browser's to be sent."""
    with serving(one(mock)) as served:
        plain = {"content-type": "text/plain", **headers}
        assert served.post(question(), headers=plain).status_code == 403
        own = {"origin": served.url, "sec-fetch-site": "same-origin"}
        assert served.post(question(), headers=own).status_code == 200
    assert len(mock.posts) == 1


def test_with_a_key_any_host_is_taken(mock: Mock) -> None:
    headers = {"host": "gateway.example", "x-api-key": MASTER}
    with serving(one(mock, master_key=MASTER)) as served:
        assert served.post(question(), headers=headers).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
def test_without_a_key_no_other_address_is_served(host: str) -> None:
    done = vision("serve", "--host", host, "--port", "0")
    assert (done.status, done.out) == (2, "")
    assert (
        f"error: without a master key only this machine is served, and {host} is more" in done.err
    )
    assert "try: master_key in the configuration, VISION_MASTER_KEY, or --host" in done.err


@pytest.mark.parametrize(
    ("host", "is_one"),
    [
        ("localhost", True),
        ("a.localhost", True),
        ("127.8.9.1", True),
        ("[::1]", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),
        ("localhost.evil.example", False),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_what_is_this_machine(host: str, is_one: bool) -> None:
    assert is_loopback(host) is is_one


def test_no_key_goes_where_it_does_not_belong(mock: Mock, tmp_path) -> None:
    """The caller's never to a provider, the provider's never to a caller, none to a log."""
    file = tmp_path / "c.toml"
    file.write_text(
        f'master_key = "{CALLER}"\n'
        f'[[models]]\nname = "m"\nmodel = "openai/gpt-4o"\napi_base = "{mock.url}/v1"\n'
        f'api_key = "{KEY}"\n'
        f'[[models]]\nname = "dead"\nmodel = "openai/gpt-4o"\napi_base = "http://127.0.0.1:9/{KEY}"\n'
        f'api_key = "{KEY}"\n'
    )
    with program("--config", str(file), "--debug") as running:
        from .running import Served

        served = Served(running.url, key=CALLER)
        told = [
            served.post(question(m, stream=s)) for m in ("m", "dead", "x") for s in (True, False)
        ]
        told += [served.get(p) for p in (*PATHS, "/", "/docs", "/openapi.json", "/health")]
        told.append(served.post({"model": "m", "input": "hi"}, "/v1/responses"))
        running.stop()
        said = "\n".join(running.err)
    shown = "".join(one.text + str(one.headers) for one in told).replace(f"127.0.0.1:9/{KEY}", "")
    assert KEY not in shown
    assert CALLER not in shown
    assert KEY not in said.replace(f"127.0.0.1:9/{KEY}", "")
    assert CALLER not in said
    assert len(mock.posts) == 3
    for sent in mock.posts:
        assert CALLER not in str(sent.headers) + sent.body.decode()
        assert sent.headers["authorization"] == f"Bearer {KEY}"


def test_a_header_of_the_callers_is_not_passed_on(mock: Mock) -> None:
    with serving(one(mock)) as served:
        served.post(
            question(), headers={"cookie": "a=b", "x-secret": "s", "openai-organization": "o"}
        )
    (sent,) = mock.posts
    assert not {"cookie", "x-secret", "openai-organization"} & sent.headers.keys()


def test_a_caller_of_another_machine_is_refused_without_a_key() -> None:
    from visioncli.gateway.ended import NotTaken
    from visioncli.gateway.guard import Guard

    local = [(b"host", b"localhost:4000")]
    Guard(None).check(local, "127.0.0.1")
    Guard(None).check(local, "::1")
    for client in ("10.0.0.5", "2001:db8::1"):
        with pytest.raises(NotTaken, match="its own machine alone"):
            Guard(None).check(local, client)


def test_a_master_key_that_is_not_there_is_no_open_door(mock: Mock, tmp_path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(
        "model_list: [{model_name: m, litellm_params: {model: openai/gpt-4o}}]\n"
        "general_settings: {master_key: os.environ/NOT_SET}\n"
    )
    done = vision("serve", "--config", str(file), "--port", "0")
    assert done.status == 4
    assert "the master key is os.environ/NOT_SET, and NOT_SET is not set" in done.err


def test_entries_do_not_tell_their_keys(mock: Mock) -> None:
    gateway = Gateway(models=(entry(mock, name="a"),))
    assert KEY not in repr(gateway)
    with serving(gateway) as served:
        (told,) = served.get("/model/info").json()["data"]
    assert told["litellm_params"] == {"model": "openai/gpt-4o", "api_base": f"{mock.url}/v1"}
