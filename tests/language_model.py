"""A stand-in for language models: OpenAI's protocol, Anthropic's and Google's, over real HTTP.

In a test: the fixture `models`. As a process of its own, until it is ended:

    python -m tests.language_model --latency 2 [--port PORT]

prints LLM_BASE_URL. It reads the title and the source between the marks, as a model would, and
answers in the language that it is asked for; what goes wrong on the way is told by `will`.
"""

import argparse
import json
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.model_answers import Asked, Behaviour, well

TITLE = re.compile(r"^Title: (.*)$", re.MULTILINE)
SOURCE = re.compile(r"\[(source \w+)\]\nTitle: [^\n]*\n\n(.*)\n\[/\1\]", re.DOTALL)
LANGUAGE = re.compile(r"Write in (\w+)\.")


class LanguageModels:
    """Answers well, until it is told what it will do instead."""

    def __init__(self, server: HTTPServer, latency: float = 0) -> None:
        self.server = server
        self.latency = latency
        self.asked: list[Asked] = []
        self.at_once = self.most_at_once = 0
        self.released = threading.Event()
        self.lock = threading.Lock()
        self.behaviours: tuple[Behaviour, ...] = (well,)
        self.turns: Counter[tuple[str, str]] = Counter()
        server.expect_request("/v1/chat/completions", method="POST").respond_with_handler(
            self.answerer(read_openai)
        )
        server.expect_request("/v1/messages", method="POST").respond_with_handler(
            self.answerer(read_anthropic)
        )
        server.expect_request(
            re.compile(r"/v1beta/models/.*:generateContent")
        ).respond_with_handler(self.answerer(read_google))

    @property
    def url(self) -> str:
        return self.server.url_for("/v1")

    def will(self, *behaviours: Behaviour) -> None:
        """What it does when it is asked about a paper in a language: the first time, the second
        time, and so on; the last one for ever."""
        self.behaviours = behaviours
        self.turns.clear()

    def answerer(self, read: Callable[[Request], Asked]) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            asked = read(request)
            with self.lock:
                self.asked.append(asked)
                turn = self.turns[asked.title, asked.language]
                self.turns[asked.title, asked.language] += 1
                self.at_once += 1
                self.most_at_once = max(self.at_once, self.most_at_once)
            time.sleep(self.latency)
            try:
                return self.behaviours[min(turn, len(self.behaviours) - 1)](asked)
            finally:
                with self.lock:
                    self.at_once -= 1

        return answer

    def hang(self, asked: Asked) -> Response:
        """Until the test is over."""
        self.released.wait(30)
        return well(asked)


def configured(url: str, name: str = "stand-in", **more: object) -> dict[str, object]:
    """As it stands in settings.LLM_MODELS: a dollar for a million tokens read, two for written."""
    return {
        "provider": "openai-compatible",
        "name": name,
        "base_url": url,
        "price": (Decimal(1), Decimal(2)),
    } | more


def read_openai(request: Request) -> Asked:
    body = request.get_json()
    return read(request, body, [str(message["content"]) for message in body["messages"]])


def read_anthropic(request: Request) -> Asked:
    body = request.get_json()
    system = body.get("system", "")
    said = [system if isinstance(system, str) else json.dumps(system, ensure_ascii=False)]
    for message in body["messages"]:
        content = message["content"]
        texts = (
            [content] if isinstance(content, str) else [each.get("text", "") for each in content]
        )
        said += texts
    return read(request, body, said)


def read_google(request: Request) -> Asked:
    body = request.get_json()
    parts = [*body.get("systemInstruction", {}).get("parts", [])]
    for content in body["contents"]:
        parts += content["parts"]
    return read(request, body, [part.get("text", "") for part in parts])


def read(request: Request, body: dict, said: list[str]) -> Asked:
    everything = "\n".join(said)
    return Asked(
        title=TITLE.search(everything)[1],
        source=SOURCE.search(everything)[2],
        language=LANGUAGE.search(everything)[1],
        body=body,
        said=said,
        headers=dict(request.headers),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--latency", type=float, default=0, help="seconds")
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    options = parser.parse_args()
    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # before there are threads to be hit by one
    with HTTPServer(host="127.0.0.1", port=options.port, threaded=True) as server:
        print(f"LLM_BASE_URL={LanguageModels(server, options.latency).url}", flush=True)
        signal.sigwait(ends)


if __name__ == "__main__":
    main()
