"""A stand-in for language models: OpenAI's protocol, Anthropic's and Google's, over real HTTP.

In a test: the fixture `models`. As a process of its own, until it is ended:

    python -m tests.language_model --latency 2 [--port PORT]

prints LLM_BASE_URL. It reads the title and the source between the marks, as a model would, and
answers in the language that it is asked for; what goes wrong on the way is told by `will`.
"""

import argparse
import gzip
import json
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

TOKENS_READ, TOKENS_WRITTEN = 1000, 300
TITLE = re.compile(r"^Title: (.*)$", re.MULTILINE)
SOURCE = re.compile(r"\[(source \w+)\]\nTitle: [^\n]*\n\n(.*)\n\[/\1\]", re.DOTALL)
LANGUAGE = re.compile(r"Write in (\w+)\.")
NAME = re.compile(r"\b[A-Z][\w-]*[A-Z0-9][\w-]*\b")
TEXTS = {
    "Korean": [
        "이 연구는 {name}에 관한 새로운 방법을 제안하며 기존 접근이 놓치던 부분을 함께 다룹니다. "
        "저자들은 {name}을 처음부터 끝까지 하나의 흐름으로 설명합니다.",
        "제안한 방법은 {name}의 과정을 여러 단계로 나누어 차례로 처리하고 그 결과를 씁니다. "
        "각 단계는 앞선 단계에서 얻은 정보를 이어받아 다음 판단에 활용합니다.",
        "저자들은 {name}에 관한 실험에서 제안한 방법이 비교 대상보다 나은 결과를 냈다고 밝힙니다. "
        "논문은 이 결과가 여러 조건에서 어떻게 달라지는지도 함께 살펴봅니다.",
    ],
    "Japanese": [
        "本研究は{name}に関する新しい方法を提案し、これまでの方法が扱わなかった部分も合わせて説明します。"
        "著者らは{name}を最初から最後まで一つの流れとして示します。",
        "提案する方法は{name}の過程をいくつかの段階に分け、順に処理して結果を合わせて使います。"
        "それぞれの段階は前の段階で得た情報を受け取り、次の判断に用います。",
        "著者らは{name}に関する実験で、提案する方法が比較した方法より良い結果を示したと報告します。"
        "論文はこの結果が条件によってどのように変わるかも合わせて調べます。",
    ],
}


@dataclass
class Asked:
    """One request, as a model sees it."""

    title: str
    source: str
    language: str
    body: dict
    said: list[str]  # all that it was told, message by message
    headers: dict[str, str]


Behaviour = Callable[[Asked], Response]


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


# What it says


def good_answer(asked: Asked) -> dict[str, list[dict[str, str]]]:
    """Of the source's own sentences and names: nothing that a check could find fault with."""
    pieces = re.split(r"(?<=[.!?])\s+", asked.source)
    quotes = [each for each in pieces if 40 < len(each) < 400 and "http" not in each]
    quotes = (quotes * 3)[:3]
    keys = ("whats_new", "technical_details", "performance_highlights")
    texts = told_of(asked) if asked.language in TEXTS else quotes
    return {
        key: [{"text": text, "quote": quote}]
        for key, text, quote in zip(keys, texts, quotes, strict=True)
    }


def told_of(asked: Asked) -> list[str]:
    names = list(dict.fromkeys(NAME.findall(f"{asked.title} {asked.source}")))
    names = (names or [asked.title.split(":")[0]]) * 3
    return [
        text.format(name=name) for text, name in zip(TEXTS[asked.language], names, strict=False)
    ]


def well(asked: Asked) -> Response:
    return says(good_answer(asked))(asked)


def says(answer: object, **more: object) -> Behaviour:
    """An answer of its own, in the protocol that it is asked in."""
    text = answer if isinstance(answer, str) else json.dumps(answer)

    def respond(asked: Asked) -> Response:
        if "contents" in asked.body:
            return as_google(answer)
        if "system" in asked.body or "anthropic-version" in {key.lower() for key in asked.headers}:
            return as_anthropic(answer, asked.body["model"])
        return as_openai(text, asked.body["model"], **more)

    return respond


def as_openai(
    text: str | None,
    model: str,
    *,
    finish_reason: str = "stop",
    usage: object = None,
    **message: object,
) -> Response:
    honest = {
        "prompt_tokens": TOKENS_READ,
        "completion_tokens": TOKENS_WRITTEN,
        "total_tokens": TOKENS_READ + TOKENS_WRITTEN,
    }
    return as_json(
        {
            "id": "answer-1",
            "object": "chat.completion",
            "created": 1_700_000_000,
            "model": model,
            "choices": [
                {
                    "index": 0,
                    "finish_reason": finish_reason,
                    "message": {"role": "assistant", "content": text} | message,
                }
            ],
            "usage": honest if usage is None else usage,
        }
    )


def as_anthropic(answer: object, model: str) -> Response:
    return as_json(
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": [{"type": "tool_use", "id": "toolu_1", "name": "summary", "input": answer}],
            "stop_reason": "tool_use",
            "stop_sequence": None,
            "usage": {"input_tokens": TOKENS_READ, "output_tokens": TOKENS_WRITTEN},
        }
    )


def as_google(answer: object) -> Response:
    return as_json(
        {
            "candidates": [
                {
                    "content": {
                        "role": "model",
                        "parts": [{"functionCall": {"name": "summary", "args": answer}}],
                    },
                    "finishReason": "STOP",
                    "index": 0,
                }
            ],
            "usageMetadata": {
                "promptTokenCount": TOKENS_READ,
                "candidatesTokenCount": TOKENS_WRITTEN,
                "totalTokenCount": TOKENS_READ + TOKENS_WRITTEN,
            },
            "modelVersion": "stand-in",
        }
    )


def as_json(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")


# What goes wrong


def drops_a_key(asked: Asked) -> Response:
    answer = good_answer(asked)
    del answer["performance_highlights"]
    return says(answer)(asked)


def adds_a_key(asked: Asked) -> Response:
    return says(good_answer(asked) | {"limitations": [{"text": "없습니다.", "quote": "None."}]})(
        asked
    )


def chatters(asked: Asked) -> Response:
    text = json.dumps(good_answer(asked), ensure_ascii=False)
    return says(f"Sure! Here is the summary:\n```json\n{text}\n```\nAnything else?")(asked)


def cuts(asked: Asked) -> Response:
    text = json.dumps(good_answer(asked), ensure_ascii=False)
    return says(text[: len(text) // 2], finish_reason="length")(asked)


def refuses_in_words(asked: Asked) -> Response:
    return says("I'm sorry, but I can't help with that.")(asked)


def refuses(asked: Asked) -> Response:
    return as_openai(None, asked.body["model"], refusal="I can't help with that.")


def is_filtered(asked: Asked) -> Response:
    return says("", finish_reason="content_filter")(asked)


def says_nothing(asked: Asked) -> Response:
    return says("")(asked)


def in_the_first_part(text: str) -> Behaviour:
    """A good answer whose first claim says something else."""

    def respond(asked: Asked) -> Response:
        answer = good_answer(asked)
        answer["whats_new"][0]["text"] = text
        return says(answer)(asked)

    return respond


def quotes_nobody(asked: Asked) -> Response:
    answer = good_answer(asked)
    answer["whats_new"][0]["quote"] = "We walked the dog around the lake, and it was raining."
    return says(answer)(asked)


def tells_to_wait(seconds: float | None = None) -> Behaviour:
    headers = {} if seconds is None else {"Retry-After": str(seconds)}

    def respond(asked: Asked) -> Response:
        body = {"error": {"message": "slow down", "type": "rate_limit", "code": "rate_limit"}}
        response = as_json(body, 429)
        response.headers.extend(headers)
        return response

    return respond


def fails(status: int = 500) -> Behaviour:
    return lambda asked: as_json({"error": {"message": "out of order"}}, status)


def closes_the_connection(asked: Asked) -> Response:
    """In the middle of its answer."""
    response = well(asked)
    response.headers["Content-Length"] = str(len(response.get_data()) + 1000)
    return response


def is_packed(asked: Asked) -> Response:
    """A megabyte of blanks, in a thousand bytes, though nobody asked for it packed."""
    response = Response(gzip.compress(b" " * 1_000_000), content_type="application/json")
    response.headers["Content-Encoding"] = "gzip"
    return response


def garbage(asked: Asked) -> Response:
    return Response(b"\x00\xff\xfe{{{{" * 100, content_type="application/json")


def nested(asked: Asked) -> Response:
    """Around the answer."""
    return Response("[" * 100_000, content_type="application/json")


def nested_within(asked: Asked) -> Response:
    return says('{"whats_new": ' * 10_000)(asked)


def huge(asked: Asked) -> Response:
    return says("x" * 3_000_000)(asked)


def lies_about_tokens(usage: object) -> Behaviour:
    return lambda asked: says(good_answer(asked), usage=usage)(asked)


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
