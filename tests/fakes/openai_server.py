"""An OpenAI-compatible server on 127.0.0.1 that does what a script tells it, failures included.

In a test: `with OpenAIServer(script=[Fail(429), Say("hi")]) as server: … server.base_url … server.requests`.
By hand: `python tests/fakes/openai_server.py --port 0 --apprentice` prints its base URL and serves on;
`GET /stats` tells how many requests came and how many were answers given before.
"""

from __future__ import annotations

import argparse
import json
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self, TypeAlias

Body: TypeAlias = dict[str, Any]
Answer: TypeAlias = Callable[[list[dict[str, str]], Body], str]
"""What to say to these messages; the whole request is the second argument."""


@dataclass(frozen=True)
class Say:
    """A 200. text: None = ask the server's `answer`. tokens: in and out, None = four bytes each.

    choices: False = an empty list. content: False = null. A text over `max_tokens` is cut.
    """

    text: str | None = None
    finish: str = "stop"
    tokens: tuple[int, int] | None = None
    choices: bool = True
    content: bool = True
    delay_s: float = 0.0


@dataclass(frozen=True)
class Fail:
    """An error status with OpenAI's error body."""

    status: int
    message: str = "no"
    code: str = "some_error"
    param: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Raw:
    """A 200 with any body."""

    text: str
    content_type: str = "application/json"


@dataclass(frozen=True)
class Reset:
    """The connection is torn down without an answer."""


@dataclass(frozen=True)
class Hang:
    """No answer until the server closes."""


Deed: TypeAlias = Say | Fail | Raw | Reset | Hang
Script: TypeAlias = Callable[[int, Body], Deed] | Iterable[Deed]
"""Deeds in the order of requests, `Say()` when they end; or a function of the request's number and body."""


@dataclass(frozen=True)
class Seen:
    """A request that arrived. Names of headers are in lower case."""

    body: Body
    headers: Mapping[str, str]


def repeat_last(messages: list[dict[str, str]], _body: Body) -> str:
    return messages[-1]["content"]


def apprentice(messages: list[dict[str, str]], body: Body) -> str:
    """The embedded model's answer, so that it can be reached over HTTP."""
    from rsi_cli.models.offline.mind import answer

    return answer(messages, seed=int(body.get("seed") or 0), temperature=body.get("temperature"))


class OpenAIServer:
    """Serves `/v1/chat/completions`; use it in a `with`."""

    def __init__(self, answer: Answer = repeat_last, script: Script = (), port: int = 0) -> None:
        self.requests: list[Seen] = []
        self.answered: dict[str, int] = {}
        self.peak_in_flight = 0
        self.closing = threading.Event()
        self._answer = answer
        self._script = script if callable(script) else iter(script)
        self._in_flight = 0
        self._lock = threading.Condition()
        self._http = _Http(("127.0.0.1", port), _Handler)
        self._http.owner = self
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    @property
    def count(self) -> int:
        """How many requests arrived."""
        return len(self.requests)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def wait_for(self, count: int, timeout_s: float = 60.0) -> bool:
        """Wait until so many requests have arrived; False where they did not in time."""
        with self._lock:
            return self._lock.wait_for(lambda: len(self.requests) >= count, timeout_s)

    def stats(self) -> dict[str, int]:
        """Requests so far; of those that were answered: how many differed, how many came again."""
        with self._lock:
            answers = sum(self.answered.values())
            return {
                "requests": self.count,
                "distinct": len(self.answered),
                "repeated": answers - len(self.answered),
            }

    def begin(self, seen: Seen) -> Deed:
        with self._lock:
            number = len(self.requests)
            self.requests.append(seen)
            self._lock.notify_all()
            self._in_flight += 1
            self.peak_in_flight = max(self.peak_in_flight, self._in_flight)
            return self._script(number, seen.body) if callable(self._script) else next(self._script, Say())

    def end(self) -> None:
        with self._lock:
            self._in_flight -= 1

    def completion(self, say: Say, body: Body) -> Body:
        text, finish = say.text if say.text is not None else self._answer(body["messages"], body), say.finish
        limit = body.get("max_tokens")
        if limit is not None and _tokens(text) > limit:
            text, finish = text.encode()[: 4 * limit].decode("utf-8", "ignore"), "length"
        given, got = say.tokens or (sum(_tokens(each["content"]) for each in body["messages"]), _tokens(text))
        message = {"role": "assistant", "content": text if say.content else None}
        with self._lock:
            name = json.dumps(body, sort_keys=True)
            self.answered[name] = self.answered.get(name, 0) + 1
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": finish}] if say.choices else [],
            "usage": {"prompt_tokens": given, "completion_tokens": got, "total_tokens": given + got},
        }


class _Http(ThreadingHTTPServer):
    owner: OpenAIServer
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent: clients that hang up are what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Http

    def log_message(self, *_: object) -> None:
        """Stay silent."""

    def do_GET(self) -> None:
        self._send(200, json.dumps(self.server.owner.stats()))

    def do_POST(self) -> None:
        body: Body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        owner = self.server.owner
        deed = owner.begin(Seen(body, {name.lower(): value for name, value in self.headers.items()}))
        try:
            self._do(deed, body)
        finally:
            owner.end()

    def _do(self, deed: Deed, body: Body) -> None:
        owner = self.server.owner
        match deed:
            case Say():
                if deed.delay_s:
                    owner.closing.wait(deed.delay_s)
                self._send(200, json.dumps(owner.completion(deed, body)))
            case Fail():
                error = {"message": deed.message, "type": deed.code, "code": deed.code, "param": deed.param}
                self._send(deed.status, json.dumps({"error": error}), headers=deed.headers)
            case Raw():
                self._send(200, deed.text, deed.content_type)
            case Reset():
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                self.close_connection = True
            case Hang():
                owner.closing.wait()
                self.close_connection = True

    def _send(
        self,
        status: int,
        text: str,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": content_type,
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _tokens(text: str) -> int:
    return -(-len(text.encode()) // 4)


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--apprentice", action="store_true", help="answer as the embedded model does")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--fail-every", type=int, default=0, help="answer each Nth request with a 500")
    chosen = parser.parse_args(arguments)

    def script(number: int, _body: Body) -> Deed:
        if chosen.fail_every and number % chosen.fail_every == chosen.fail_every - 1:
            return Fail(500, "asked to fail")
        return Say(delay_s=chosen.delay)

    with OpenAIServer(apprentice if chosen.apprentice else repeat_last, script, chosen.port) as server:
        sys.stdout.write(f"{server.base_url}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    main(sys.argv[1:])
