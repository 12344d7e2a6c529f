"""How terms of the field are said in a language."""

from collections.abc import Mapping


def terms(language: str) -> Mapping[str, str]:
    return {}
