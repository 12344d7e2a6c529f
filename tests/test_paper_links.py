import pytest

from papers.sources.paper_links import is_link, paper_named


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2407.01370", "2407.01370"),
        (" arXiv:2407.01370v2 ", "2407.01370"),
        ("https://arxiv.org/abs/2407.01370", "2407.01370"),
        ("arxiv.org/abs/2407.01370v3", "2407.01370"),
        ("http://www.arxiv.org/pdf/2407.01370v1.pdf", "2407.01370"),
        ("https://arxiv.org/pdf/2407.01370", "2407.01370"),
        ("https://arxiv.org/html/2407.01370v2#S2", "2407.01370"),
        ("https://export.arxiv.org/abs/2407.01370?context=cs.CL", "2407.01370"),
        ("https://huggingface.co/papers/2407.01370", "2407.01370"),
        ("https://hf.co/papers/2407.01370#community", "2407.01370"),
        ("https://www.alphaxiv.org/abs/2407.01370v1", "2407.01370"),
        ("https://ar5iv.labs.arxiv.org/html/2407.01370", "2407.01370"),
        ("https://doi.org/10.48550/arXiv.2407.01370", "2407.01370"),
        ("https://arxiv.org/abs/math.GT/0309136v2", "math.GT/0309136"),
        ("https://arxiv.org/abs/hep-th%2F9901001", "hep-th/9901001"),
        ("hep-th/9901001", "hep-th/9901001"),
        ("https://arxiv.org/list/cs.CL/recent", ""),
        ("https://arxiv.org/abs/", ""),
        ("https://huggingface.co/2407.01370", ""),
        ("https://elsewhere.example/abs/2407.01370", ""),
        ("https://arxiv.org.elsewhere.example/abs/2407.01370", ""),
        ("https://[broken/abs/2407.01370", ""),
        ("letters home", ""),
        ("", ""),
    ],
)
def test_the_id_is_found_in_whatever_names_a_paper(text, name):
    assert paper_named(text) == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://elsewhere.example/x", True),
        ("arxiv.org/list/cs.CL", True),
        ("MInference 1.0: and/or", False),
        ("letters home", False),
        ("GPT-4.5", False),
    ],
)
def test_words_are_not_taken_for_a_link(text, expected):
    assert is_link(text) == expected
