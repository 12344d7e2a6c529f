import pytest

from papers.sources.text import one_line, web_url


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("Folded by the source\n  onto two lines", "Folded by the source onto two lines"),
        (" tab\tand\u00a0no-break \u3000wide ", "tab and no-break wide"),
        ("CR\rLF\nVT\vFF\fNEL\x85LS\u2028PS\u2029end", "CR LF VT FF NEL LS PS end"),
        ("Bcc: none\r\n\r\n<p>body", "Bcc: none <p>body"),
        ("nul\x00 esc\x1b[31m del\x7f", "nul esc[31m del"),
        ("a\x00 \x00b", "a b"),
        ("bidi \u202egnp.exe\u202c \u2066x\u2069\u200f", "bidi gnp.exe x"),
        ("zero\u200bwidth \ufeffand soft\u00adhyphen", "zerowidth and softhyphen"),
        ("half a pair \ud83d", "half a pair"),
        ("e\u0301tude", "étude"),
        ("می\u200cخواهم 👩\u200d🔬", "می\u200cخواهم 👩\u200d🔬"),
    ],
)
def test_text_becomes_one_line_without_what_cannot_be_seen(typed, line):
    assert one_line(typed, 1000) == line


@pytest.mark.parametrize(
    "title",
    [
        "DeepSeek-R1 Thoughtology: Let's <think> about LLM Reasoning",
        "$\\tau$-bench & $60 GPUs: 8 × 10^{-3} [v2] {x} 100%",
        "Rank & File; &amp; is not unescaped <script>alert(1)</script>",
        "한국어 제목 中文 Ελληνικά 🤗",
    ],
)
def test_a_title_stays_as_it_was_typed(title):
    assert one_line(title, 1000) == title


def test_text_is_cut_at_its_limit_and_not_after_a_blank():
    assert one_line("a bc de", 5) == "a bc"


@pytest.mark.parametrize(
    "url", ["https://acme.org/p/?q=1#top", "http://acme.org", "https://medium.com/@her/post-1"]
)
def test_an_address_of_the_web_stays(url):
    assert web_url(f" {url}\n") == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://acme.org",
        "acme.org/page",
        "//acme.org/page",
        "https://",
        "https://huggingface.co@acme.org/",
        "https://acme.org/a b",
        "https://acme.org/\u202egnp",
        "http://[acme.org",
        "https://acme.org/" + "a" * 984,
    ],
)
def test_any_other_address_is_blank(url):
    assert web_url(url) == ""
