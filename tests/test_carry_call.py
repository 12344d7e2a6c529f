"""How a call for many is cut from the one that Anymail writes."""

import json
from urllib.parse import parse_qs

import pytest

from newsletter.carry.answers import dealt
from newsletter.carry.call import NotPersonal, cut_call, json_pieces
from newsletter.carry.shape import MARK, SHAPES, Own
from newsletter.outcome import Outcome, Result, in_doubt
from newsletter.providers import way_out
from tests.carrying import rendition

OWNS = [
    Own(f"r{n}%41+@example.org", f"https://x.example/{n}", f"<{n}.a@x>", f"{n}.a") for n in range(3)
]
URLS = {"mailjet": "mailjet://KEY:SECRET"}


def call_of(provider):
    way = way_out(URLS.get(provider, f"{provider}://KEY?api_url=http://127.0.0.1:9"))
    shape = SHAPES[provider]
    backend = way.connection(**shape.options)
    backend.open()
    return cut_call(backend, shape, rendition())


@pytest.mark.parametrize("provider", sorted(set(SHAPES) - {"mailgun"}))
def test_a_call_is_json_with_an_entry_a_reader_and_no_mark_left(provider):
    content = call_of(provider).content(OWNS, "the-key")

    said = json.loads(content)
    for name in SHAPES[provider].readers:
        said = said[name]
    assert len(said) == len(OWNS)
    for own, entry in zip(OWNS, said, strict=True):
        assert own.address in json.dumps(entry) and own.link in json.dumps(entry)
    assert b"mark.invalid" not in content


def test_mailguns_call_is_a_form_whose_variables_have_the_addresses_as_they_are_sent_to():
    content = call_of("mailgun").content(OWNS, "the-key")

    form = parse_qs(content.decode(), strict_parsing=True)
    variables = json.loads(form["recipient-variables"][0])
    assert form["to"] == list(variables) == [own.address for own in OWNS]
    assert [each["UNSUBSCRIBE_URL"] for each in variables.values()] == [own.link for own in OWNS]


@pytest.mark.parametrize(
    "lost", ["List-Unsubscribe", "delivery", "To"], ids=lambda lost: f"without {lost}"
)
def test_a_call_that_lost_what_is_a_readers_own_is_not_made(lost):
    entry = {
        "To": MARK.address,
        "List-Unsubscribe": f"<{MARK.link}>",
        "delivery": MARK.delivery,
    }
    del entry[lost]

    with pytest.raises(NotPersonal):
        json_pieces(json.dumps({"Messages": [entry, entry]}), ["Messages"])


YES, NO = Result(Outcome.ACCEPTED), Result(Outcome.REJECTED)
UNNAMED = in_doubt("the answer does not name this reader")


@pytest.mark.parametrize(
    ("items", "results"),
    [
        ([("a", YES), ("b", NO)], [YES, NO]),
        ([("", YES), ("", NO)], [YES, NO]),
        ([("A", YES), ("", NO)], [YES, NO]),
        ([("b", NO), ("a", YES)], [YES, NO]),
        ([("b", YES), ("", NO)], [UNNAMED, YES]),
        ([("a", YES)], [YES, UNNAMED]),
        ([("", YES)], [UNNAMED, UNNAMED]),
        ([("a", YES), ("b", NO), ("c", YES)], [YES, NO]),
        ([("", YES), ("", YES), ("", YES)], [UNNAMED, UNNAMED]),
        ([("c", YES), ("d", YES)], [UNNAMED, UNNAMED]),
        ([], [UNNAMED, UNNAMED]),
    ],
)
def test_a_result_goes_to_whom_it_names_and_by_its_place_only_if_each_place_can_be_right(
    items, results
):
    assert dealt(items, ["a", "b"]) == results
