"""A tap between flyctl and the local Fly: it passes everything on, and writes down what passes."""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPResponse, RemoteDisconnected
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

LIMIT_SECONDS = 90
UNTOLD = re.compile(r"/secrets(/|$)")
"""Paths of requests that have secret values in their bodies."""
_HOP = {"connection", "transfer-encoding", "content-length"}
_RESET = struct.pack("ii", 1, 0)
_FIELD = re.compile(r"\{\s*(?:(\w+)\s*:\s*)?(\w+)")
_HEAD = re.compile(r"^\s*(query|mutation)\s*(\w*)")


@contextmanager
def tapped(url: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """
    Stand before the server at *url* for as long as the block lasts.

    Yields:
        The URL of the tap, and the requests in order of arrival, as recordings have them.
    """
    heard: list[dict[str, Any]] = []
    handler = type("Handler", (_Handler,), {"server_host": urlsplit(url).netloc, "heard": heard})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as tap:
        tap.daemon_threads = True
        thread = threading.Thread(target=tap.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{tap.server_port}", heard
        finally:
            tap.shutdown()
            thread.join()


def request_of(method: str, target: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """Return a request as recordings have it; bodies with secrets are left out."""
    parts = urlsplit(target)
    request: dict[str, Any] = {"method": method, "path": parts.path}
    if parts.query:
        request["query"] = parts.query
    document = _json(body)
    if parts.path == "/graphql" and isinstance(document, dict):
        request["operation"] = _operation(document)
        request["variables"] = document.get("variables")
    elif document is not None and not UNTOLD.search(parts.path):
        request["body"] = document
    request["content_type"] = headers.get("content-type", "")
    if headers.get("fly-machine-lease-nonce"):
        request["nonce"] = True
    return request


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_host = ""
    heard: list[dict[str, Any]]

    def handle(self) -> None:
        """Answer requests until the client goes, in whichever way."""
        with suppress(ConnectionError):
            super().handle()

    def do_any(self) -> None:
        """Pass a request on, and its answer back."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = request_of(self.command, self.path, headers, body)
        self.heard.append(request)
        upstream = HTTPConnection(self.server_host, timeout=LIMIT_SECONDS)
        try:
            upstream.request(self.command, self.path, body or None, headers)
            response = upstream.getresponse()
            content = response.read()
        except (ConnectionResetError, BrokenPipeError) as error:
            self._end(reset=not isinstance(error, RemoteDisconnected))
            return
        finally:
            upstream.close()
        request["status"] = response.status
        failed = response.status >= 400 or b'"errors"' in content[:200]
        if failed and _json(content) is not None:
            request["reply"] = _json(content)
        self._answer(response, content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_any  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _answer(self, response: HTTPResponse, content: bytes) -> None:
        self.send_response_only(response.status)
        for name, value in response.getheaders():
            if name.lower() not in _HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _end(self, *, reset: bool) -> None:
        self.close_connection = True
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


def _operation(document: dict[str, Any]) -> str:
    query = document.get("query") or ""
    head, name = _HEAD.match(query), document.get("operationName")
    field = _FIELD.search(query[query.index("{") :]) if "{" in query else None
    kind = head[1] if head else "query"
    if field is None:
        return kind
    alias = f" ({field[1]})" if field[1] else ""
    return f"{kind} {field[2]}{alias}{f' [{name}]' if name else ''}"


def _json(content: bytes) -> Any:
    try:
        return json.loads(content) if content else None
    except ValueError:
        return None
