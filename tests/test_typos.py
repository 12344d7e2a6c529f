import pytest

from newsletter.typos import WELL_KNOWN, suggestion


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("naver.con", "naver.com"),
        ("nave.com", "naver.com"),
        ("hanmail.com", "hanmail.net"),
        ("outlok.com", "outlook.com"),
        ("hotmial.com", "hotmail.com"),
    ],
)
def test_a_slip_in_a_well_known_domain_is_offered_as_it_was_meant(domain, meant):
    assert suggestion(f"dana@{domain}") == f"dana@{meant}"


@pytest.mark.parametrize(
    "domain",
    [
        *WELL_KNOWN,
        *("example.org", "kaist.ac.kr", "snu.ac.kr", "google.com", "apple.com", "nvidia.com"),
        *("hotmail.fr", "outlook.de", "live.co.uk", "yahoo.fr", "mail.ru", "gmx.at", "amazon.com"),
        *("xn--vv4b11d.xn--3e0b707e", "mila.quebec", "deepmind.com"),
    ],
)
def test_what_may_well_be_right_is_left_alone(domain):
    assert suggestion(f"dana@{domain}") == ""
