"""Addresses with a slip of the finger in a well-known domain."""

from __future__ import annotations

from difflib import get_close_matches

WELL_KNOWN = (
    *(
        "gmail.com",
        "googlemail.com",
        "naver.com",
        "daum.net",
        "hanmail.net",
        "kakao.com",
        "nate.com",
    ),
    *(
        "outlook.com",
        "outlook.kr",
        "hotmail.com",
        "live.com",
        "msn.com",
        "yahoo.com",
        "yahoo.co.kr",
    ),
    *("yahoo.co.jp", "icloud.com", "me.com", "mac.com", "proton.me", "protonmail.com", "gmx.com"),
    *("gmx.de", "gmx.net", "web.de", "qq.com", "163.com", "126.com", "foxmail.com", "aol.com"),
    *("mail.com", "ymail.com", "email.com", "hey.com", "fastmail.com", "zoho.com", "yandex.ru"),
    *("protonmail.ch", "pm.me", "meta.com"),  # close to others, and real
)
# Words that are nobody's domain but are written often; closeness alone would not tell.
SLIPS = {"hanmail.com": "hanmail.net", "daum.com": "daum.net", "naver.net": "naver.com"}
CLOSE = 0.85  # of 1: one letter too many, too few, or two that changed places


def suggestion(email: str) -> str:
    """The address as it was probably meant; blank where nothing looks wrong."""
    local, _, domain = email.rpartition("@")
    if domain in WELL_KNOWN:
        return ""
    near = SLIPS.get(domain) or next(iter(get_close_matches(domain, WELL_KNOWN, 1, CLOSE)), "")
    return f"{local}@{near}" if near else ""
