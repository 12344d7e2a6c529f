"""What a language model answers, well or ill, each in the protocol that it is asked in."""

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from werkzeug import Response

TOKENS_READ, TOKENS_WRITTEN = 1000, 300
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
