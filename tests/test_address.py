"""Addresses that are taken, as they are kept; and those that are not."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from newsletter.address import clean_address
from newsletter.models import Subscription
from tests.factories import make_editor

DOMAIN_OF_189 = "a." * 93 + "org"

KEPT = {
    "dana@example.org": "dana@example.org",
    "  dana@example.org\t": "dana@example.org",
    "\u3000dana@example.org": "dana@example.org",  # the wide space of Korean and Japanese keyboards
    "Dana.Lee@Example.ORG": "Dana.Lee@example.org",  # before the @ it is the host's
    "d@example.org": "d@example.org",
    "dana+papers@example.org": "dana+papers@example.org",
    "o'neill@example.org": "o'neill@example.org",
    "!#$%&'*+/=?^_`{|}~-@example.org": "!#$%&'*+/=?^_`{|}~-@example.org",
    "dana@mail.example.co.uk": "dana@mail.example.co.uk",
    "dana@123.example": "dana@123.example",
    "d" * 64 + "@example.org": "d" * 64 + "@example.org",
    "d" * 64 + "@" + DOMAIN_OF_189: "d" * 64 + "@" + DOMAIN_OF_189,  # 254 octets
    # UTS 46: what keyboards make of ASCII is ASCII
    "dana@ｇｍａｉｌ．ｃｏｍ": "dana@gmail.com",
    "dana@gmail。com": "dana@gmail.com",
    "dana@oﬃce.example": "dana@office.example",
    # IDNA 2008, and A-labels
    "dana@예시.한국": "dana@xn--vv4b11d.xn--3e0b707e",
    "dana@xn--vv4b11d.XN--3E0B707E": "dana@xn--vv4b11d.xn--3e0b707e",
    "dana@faß.de": "dana@xn--fa-hia.de",  # not fass.de, which is somebody else's
    "dana@bücher.de": "dana@xn--bcher-kva.de",
    "dana@bu\u0308cher.de": "dana@xn--bcher-kva.de",  # the same, in two characters
    "dana@ελλάδα.gr": "dana@xn--hxakic4aa.gr",
    "dana@עברית.co.il": "dana@xn--5dbqzzl.co.il",
    "dana@l·l.cat": "dana@xn--ll-0ea.cat",
    # a script alone, or those that are written together
    "dana@аррӏе.com": "dana@xn--80ak6aa92e.com",  # Cyrillic all through: shown for what it is
    "dana@пример.рф": "dana@xn--e1afmkfd.xn--p1ai",
    "dana@삼성.com": "dana@xn--cg4bki.com",
    "dana@samsung삼성.com": "dana@xn--samsung-xn53ad4a.com",
    "dana@한국漢字abc.kr": "dana@xn--abc-z69er78f016fuouc.kr",
    "dana@東京とcafeカ.jp": "dana@xn--cafe-9b4cqph84omo1b.jp",
    "dana@ラーメン24.jp": "dana@xn--24-ul4a5a3cwc.jp",
}

REFUSED = [
    "",
    "dana",
    "@example.org",
    "dana@",
    "dana@@example.org",
    "dana@eve@example.org",
    "Dana <dana@example.org>",
    "dana@example.org, eve@example.org",
    "dana@example.org;eve@example.org",
    "mailto:dana@example.org?bcc=eve@example.org",
    # before the @
    '"da na"@example.org',
    '"dana"@example.org',
    "da na@example.org",
    ".dana@example.org",
    "dana.@example.org",
    "da..na@example.org",
    "dana(work)@example.org",
    "다나@example.org",
    "dаna@example.org",  # with a Cyrillic а
    "d" * 65 + "@example.org",
    # after it
    "dana@localhost",
    "dana@[127.0.0.1]",
    "dana@[IPv6:::1]",
    "dana@127.0.0.1",
    "dana@example.123",
    "dana@mail.test",
    "dana@example..org",
    "dana@example.org.",
    "dana@-example.org",
    "dana@example-.org",
    "dana@ex_ample.org",
    "dana@ab--example.org",
    "dana@" + "a" * 64 + ".org",
    "d" * 64 + "@b" + DOMAIN_OF_189,  # 255 octets
    "dana@" + "a." * 126 + "org",
    "dana@☃.com",
    "dana@xn--n3h.com",  # the same
    "dana@xn--zz.com",
    # characters that are not seen, or turn others round
    "dana\x00@example.org",
    "dana@exam\x00ple.org",
    "dana@example.org\r\nBcc: eve@example.org",
    "dana@exam\u00adple.org",
    "dana@exam\u200bple.org",
    "dana@example.org\u200e",
    "dana\u202e@example.org",
    "dana@\u202eexample.org",
    "dana@\u2066example\u2069.org",
    # scripts mixed in a label
    "dana@аpple.com",
    "dana@xn--pple-43d.com",  # the same
    "dana@mail.аpple.com",
    "dana@gооgle.com",
    "dana@ελλaδα.gr",
    "dana@пример-shop.com",
    "dana@한국あ.kr",
    "dana@naverᎪ.com",
    "dana@ᏣᎳᎩ.com",  # one that few can read
    "dana@עבריתabc.co.il",
]


@pytest.mark.parametrize(("typed", "kept"), KEPT.items())
def test_an_address_is_kept_as_mail_carries_it(typed, kept):
    assert clean_address(typed) == kept
    assert clean_address(kept) == kept


@pytest.mark.parametrize("typed", REFUSED)
def test_what_mail_cannot_reach_or_what_deceives_is_refused(typed):
    with pytest.raises(ValidationError):
        clean_address(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    {
        "다나@example.org": "다나@example.org",
        "dana.다나@예시.한국": "dana.다나@xn--vv4b11d.xn--3e0b707e",
        "ju\u0308rgen@example.org": "j\u00fcrgen@example.org",  # in NFC
        "дана@example.org": "дана@example.org",
        "d+1@example.org": "d+1@example.org",
    }.items(),
)
def test_where_each_way_out_carries_it_more_than_ascii_may_stand_before_the_at(
    settings, typed, kept
):
    settings.SMTPUTF8 = True

    assert clean_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "dаna@example.org",  # with a Cyrillic а
        "다나あ@example.org",
        "다\u202e나@example.org",
        "다\u200b나@example.org",
        "다 나@example.org",
        '"다나"@example.org',
        "다..나@example.org",
        "다" * 22 + "@example.org",  # 66 octets
        "다나@аpple.com",
    ],
)
def test_but_nothing_there_that_deceives_either(settings, typed):
    settings.SMTPUTF8 = True

    with pytest.raises(ValidationError):
        clean_address(typed)


def test_the_desk_shows_a_foreign_script_for_what_it_is(client, daily_papers):
    form = {"email": "dana@аррӏе.com", "language": "en"}
    Client(enforce_csrf_checks=True).post("/subscribe/", form)
    client.force_login(make_editor())

    page = client.get("/en/admin/newsletter/subscription/").text

    assert Subscription.objects.count() == 1
    assert "dana@xn--80ak6aa92e.com" in page
    assert "аррӏе" not in page
