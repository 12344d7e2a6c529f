import pytest

from papers.fulltext.maths import plain


@pytest.mark.parametrize(
    ("tex", "read"),
    [
        (r"12.5\%", "12.5%"),
        (r"1.7\times", "1.7×"),
        (r"\mathcal{O}(n^{2})", "O(n^2)"),
        (r"\frac{1}{3}", "1/3"),
        (r"\pi_{0.5}", "π_0.5"),
        (r"\text{F1}\geq 0.9", "F1≥0.9"),
        (r"10\,000", "10 000"),
        (r"\Delta\lambda", "Δλ"),
        ("x" * 3_000, ""),
    ],
)
def test_a_formula_is_made_plain(tex, read):
    assert plain(tex) == read
