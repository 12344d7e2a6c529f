import pytest

from newsletter.documents.literals import MAX_DEPTH, as_prose


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        (
            "{'Speed': 'It is fast.', 'Size': 'It is small.'}",
            "Speed: It is fast. Size: It is small.",
        ),
        ("[{'code': 'Good.', 'math': 'Better.'}]", "code: Good. math: Better."),
        ("""['One.', "It's 'two'."]""", "One. It's 'two'."),
        ("['fast', 'small']", "fast; small"),
        ("{'Scores': {'MATH': 58.1, 'GSM8K': -2}}", "Scores: MATH: 58.1; GSM8K: -2"),
        ("['one\\ntwo']", "one two"),
    ],
)
def test_a_printed_value_becomes_prose_with_every_word(printed, said):
    assert as_prose(printed) == said


@pytest.mark.parametrize(
    "text",
    [
        "It is fast.",
        "[20] showed it first.",
        "[20]",
        "{x | x > 0}",
        "['a', __import__('os').getcwd()]",
        "['a' for a in 'b']",
        "{'a', 'b'}",
        "[b'bytes']",
        "['cut off",
        "{'a': 'b'} and more",
        "[" * (MAX_DEPTH + 1) + "'a'" + "]" * (MAX_DEPTH + 1),
        "['a'" + "[" * 100_000,
        "{['a']: 'b'}",
        "{'a': 'one', 'a': 'two'}",
        "['a' 'b']",
        "",
    ],
)
def test_any_other_text_stays_as_it_is(text):
    assert as_prose(text) == text
