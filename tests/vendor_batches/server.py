"""The vendors' API over HTTP on the loopback, with its faults."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .vendor import Answer, Call, Vendor


def name_of(method: str, path: str, headers: dict[str, str]) -> str:
    """Which call of the API it is."""
    at = path.partition("?")[0]
    if at.startswith("/upload/"):
        return "start" if headers.get("x-goog-upload-command") == "start" else "upload"
    if at.endswith(("/cancel", ":cancel")):
        return "cancel"
    if at.endswith(("/content", "/results", ":download")):
        return "results"
    if at.endswith("/files"):
        return "upload"
    if at.endswith(("/batches", "/batch/jobs")):
        return "create" if method == "POST" else "list"
    return "create" if at.endswith(":batchGenerateContent") else "look"


@contextmanager
def serving(kind: str) -> Iterator[Vendor]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self._take(int(self.headers.get("content-length") or 0))

        def do_GET(self) -> None:
            self._take(0)

        def _take(self, length: int) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            name = name_of(self.command, self.path, headers)
            with vendor.lock:
                queue = vendor.faults.get(name, [])
                fault = queue.pop(0) if queue else None
            if fault is not None and fault.cut and fault.after and length:
                part = self.rfile.read(min(fault.after, length))
                if vendor.kind == "gemini":
                    vendor.files["partial"] = vendor.files.get("partial", b"") + part
                vendor.calls.append(Call(f"{name} cut", self.command, self.path, headers, part))
                self.close_connection = True
                return
            body = self.rfile.read(length)
            call = Call(name, self.command, self.path, headers, body)
            with vendor.lock:
                heard = fault is None or fault.heard
                answer = vendor.answer(call) if heard else None
                kept = call if vendor.keep_bodies else replace(call, body=b"")
                vendor.calls.append(kept)
            if fault is not None and fault.arrived is not None and fault.release is not None:
                fault.arrived.set()
                fault.release.wait(30)
            if fault is not None and not (fault.cut and answer and fault.after):
                if fault.cut:
                    self.close_connection = True
                    return
                answer = Answer(fault.body, fault.headers, fault.status)
            assert answer is not None
            self.send_response(answer.status)
            for header, value in answer.headers.items():
                self.send_header(header, value)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            if fault is not None and fault.cut:  # in the middle of its answer
                self.wfile.write(answer.body[: fault.after])
                self.close_connection = True
                return
            try:
                self.wfile.write(answer.body)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    vendor = Vendor(kind, server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield vendor
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
