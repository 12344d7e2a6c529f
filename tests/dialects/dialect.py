"""A mail as a provider would have made it, and what is common to their APIs."""

import re
from dataclasses import dataclass, field
from functools import cached_property


class Refusal(Exception):
    """A whole call, refused: (status, body)."""


@dataclass
class Copy:
    address: str
    subject: str
    sender: str
    html_source: str
    text_source: str
    headers: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    merge: re.Pattern | None = None
    fields: dict[str, str] = field(default_factory=dict)

    @cached_property
    def html(self) -> str:
        return self.merged(self.html_source)

    @cached_property
    def text(self) -> str:
        return self.merged(self.text_source)

    def header(self, name: str) -> str:
        found = {key.lower(): value for key, value in self.headers.items()}
        return self.merged(found.get(name.lower(), ""))

    def merged(self, source: str) -> str:
        return (
            self.merge.sub(lambda tag: str(self.fields[tag[1]]), source) if self.merge else source
        )

    @property
    def is_refused(self) -> bool:
        return self.address.startswith("refused")


@dataclass
class Call:
    copies: list[Copy]
    key: str = ""
    campaign: str = ""  # Mailjet's
    is_batch: bool = True


Item = tuple[Copy, str]  # what became of a copy: its id, or blank for a refusal


class Dialect:
    path = ""
    batch_refuses_all = True  # one bad address, and nobody gets the call

    def read(self, path: str, headers: dict, body: bytes) -> Call:
        raise NotImplementedError

    def answer(self, call: Call, items: list[Item]) -> tuple[int, object]:
        raise NotImplementedError

    def refusal(self) -> tuple[int, object]:
        """Of a reader's address."""
        raise NotImplementedError

    def error(self, status: int) -> object:
        return {"message": f"status {status}"}


def check_tags(tag: re.Pattern, *texts: str) -> None:
    """A template that cannot be read is refused, as by the providers that have a language."""
    for text in texts:
        left = tag.sub("", text)
        if found := re.search(r"\{[{%#]", left):
            raise Refusal(422, {"errors": [{"message": f"template: {left[found.start() :][:20]}"}]})
