"""The page as files: what is served with which headers, and that a wheel holds it."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import zipfile
from importlib.resources import files
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from visioncli.gateway.page import routes

ROOT = Path(__file__).parents[3]
PACKAGE = files("visioncli.gateway.page")
STATIC = sorted(p.name for p in PACKAGE.iterdir() if not p.name.startswith("__"))
ADDRESSES = ["/", *(f"/page/{name}" for name in STATIC if name != "index.html")]


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=routes()))


def test_every_file_of_the_folder_is_served_and_nothing_else() -> None:
    assert sorted(ADDRESSES) == sorted(route.path for route in routes())


@pytest.mark.parametrize("address", ADDRESSES)
def test_headers_leave_a_browser_nothing_to_guess(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    policy = dict(
        part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; ")
    )
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["img-src"] == "'self' blob:"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/page/page.js", "text/javascript; charset=utf-8"),
        ("/page/style.css", "text/css; charset=utf-8"),
        ("/page/icon.svg", "image/svg+xml"),
    ],
)
def test_types(client: TestClient, address: str, kind: str) -> None:
    assert client.get(address).headers["content-type"] == kind


def test_an_unchanged_file_is_not_sent_again(client: TestClient) -> None:
    tag = client.get("/").headers["etag"]
    again = client.get("/", headers={"if-none-match": f'"other", W/{tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert "content-security-policy" in again.headers
    assert client.get("/", headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize("address", ["/page/", "/page/__init__.py", "/page/../settings.py"])
def test_nothing_beside_the_page_is_served(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_the_page_holds_no_script_and_no_style_of_its_own() -> None:
    page = PACKAGE.joinpath("index.html").read_text("utf-8")
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", page) == []
    assert set(re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)) == {""}


@pytest.mark.parametrize("name", STATIC)
def test_a_file_names_no_other_host_and_writes_no_html(name: str) -> None:
    text = PACKAGE.joinpath(name).read_text("utf-8")
    text = text.replace('xmlns="http://www.w3.org/2000/svg"', "")  # a name, not an address
    assert (
        re.findall(r"https?://|innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", text)
        == []
    )


def test_the_page_stays_small() -> None:
    assert sum(len(PACKAGE.joinpath(name).read_bytes()) for name in STATIC) < 40_000
    assert max(len(PACKAGE.joinpath(n).read_text("utf-8").splitlines()) for n in STATIC) < 250


def test_a_wheel_holds_the_page(tmp_path: Path) -> None:
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling is not installed")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        for name in STATIC:
            held = opened.read(f"visioncli/gateway/page/{name}")
            assert held == PACKAGE.joinpath(name).read_bytes()
