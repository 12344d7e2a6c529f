import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from newsletter.models import Edition
from tests.desk import desk_url, filled_form, said, save
from tests.factories import make_edition, make_editor, make_paper

TITLES = ["Alpha", "Beta", "Gamma", "Delta"]


@pytest.fixture
def edition(db):
    return make_edition(papers=[make_paper(title=title) for title in TITLES])


def change(client, edition, act, title="Beta", seen=None, **fields):
    """What the page's script posts, of the edition as it stands unless it saw another."""
    edition.refresh_from_db()
    entry = edition.entries.get(paper__title=title).pk
    seen = edition.version if seen is None else seen
    url = f"/admin/newsletter/edition/{edition.pk}/curate/"
    return client.post(url, {"act": act, "entry": entry, "seen_version": seen} | fields)


def order(edition):
    return [entry.paper.title for entry in edition.printed_entries()]


def told(answer):
    page = html.fromstring(answer.json()["conflict"])
    return " ".join(" ".join(page.itertext()).split())


def test_a_move_is_saved_at_once_and_answered_with_what_stands(desk, edition):
    answer = change(desk, edition, "move", "Gamma", number=1)

    state = answer.json()
    ids = [e.pk for e in edition.printed_entries()]
    assert order(edition) == ["Gamma", "Alpha", "Beta", "Delta"]
    assert (answer.status_code, state["version"]) == (200, 1)
    assert [entry["id"] for entry in state["entries"]] == ids
    assert state["undo"]["words"] == "3번을 1번으로 옮김: Gamma"


def test_each_thing_on_a_card_is_saved_by_itself(desk, edition):
    change(desk, edition, "note", text="먼저 읽어 보십시오.")
    change(desk, edition, "headline", language="ko", text="소포를 찾는 법")
    change(desk, edition, "pin", number=1)
    change(desk, edition, "hide", "Alpha")
    state = change(desk, edition, "restore", "Alpha").json()

    beta = edition.entries.get(paper__title="Beta")
    assert (beta.note, beta.headlines, beta.pin) == (
        "먼저 읽어 보십시오.",
        {"ko": "소포를 찾는 법"},
        1,
    )
    assert state["entries"][0] == {
        "id": beta.pk,
        "hidden": False,
        "pin": 1,
        "note": "먼저 읽어 보십시오.",
        "headlines": {"ko": "소포를 찾는 법"},
    }
    assert edition.changes.count() == 5


def test_what_was_done_is_undone(desk, edition):
    state = change(desk, edition, "hide").json()

    after = change(desk, edition, "undo", change=state["undo"]["id"]).json()

    assert order(edition) == TITLES
    assert after["undo"] is None


def test_the_second_of_two_editors_is_refused_and_shown_both_orders(desk, edition, client):
    change(desk, edition, "move", "Delta", number=1)
    alpha, beta, gamma, delta = edition.entries.order_by("pk").values_list("pk", flat=True)
    client.force_login(make_editor("lee"))

    mine = f"{beta},{alpha},{gamma},{delta}"
    answer = change(client, edition, "move", "Beta", seen=0, number=1, order=mine)

    words = told(answer)
    assert (answer.status_code, answer.json()["version"]) == (409, 1)
    assert order(edition) == ["Delta", "Alpha", "Beta", "Gamma"]
    assert "kim" in words
    assert "4번을 1번으로 옮김: Delta" in words
    assert "고치신 것 Beta Alpha Gamma Delta" in words
    assert "지금 지면 Delta Alpha Beta Gamma" in words


@pytest.mark.parametrize(
    ("act", "first", "second", "words"),
    [
        ("note", {"text": "First."}, {"text": "Second."}, "고치신 것 Second. 지금 지면 First."),
        (
            "headline",
            {"language": "en", "text": "One"},
            {"language": "en", "text": "Two"},
            "고치신 것 Two 지금 지면 One",
        ),
        ("pin", {"number": 1}, {"number": 2}, "고치신 것 2 지금 지면 1"),
        ("hide", {}, {}, "고치신 것 뺌 지금 지면 뺌"),
    ],
)
def test_the_second_is_shown_both_texts_and_can_take_either(
    desk, edition, act, first, second, words
):
    change(desk, edition, act, **first)

    refused = change(desk, edition, act, seen=0, **second)
    taken = change(desk, edition, act, seen=refused.json()["version"], **second)

    assert refused.status_code == 409
    assert words in told(refused)
    assert taken.status_code == 200


def test_what_cannot_be_done_is_said_and_the_page_told_what_stands(desk, edition):
    change(desk, edition, "pin", "Alpha", number=2)

    answer = change(desk, edition, "pin", "Gamma", number=2)

    assert answer.status_code == 400
    assert answer.json()["problem"] == "2번 자리는 이미 고정되어 있습니다: Alpha."
    assert [entry["pin"] for entry in answer.json()["entries"]] == [None, 2, None, None]


@pytest.mark.parametrize(
    "fields",
    [
        {"act": "approve"},
        {"act": "move", "number": ""},
        {"act": "move", "number": "0"},
        {"act": "headline", "language": "xx", "text": "A"},
        {"act": "headline", "language": "ko", "text": "A" * 201},
        {"act": "note", "text": "a\x00b"},
        {"act": "undo", "change": "999"},
        {"act": "note", "entry": "0", "text": "A"},
    ],
)
def test_nonsense_changes_nothing(desk, edition, fields):
    answer = change(desk, edition, **fields)

    edition.refresh_from_db()
    assert (answer.status_code, edition.version, edition.changes.count()) == (400, 0, 0)


def test_what_is_approved_stays_and_says_why(desk, edition):
    Edition.objects.filter(pk=edition.pk).update(state=Edition.State.APPROVED)

    answer = change(desk, edition, "hide")

    assert (answer.status_code, order(edition)) == (400, TITLES)
    assert "승인한 지면입니다." in answer.json()["problem"]


def test_who_may_only_look_changes_no_card(client, edition):
    client.force_login(make_editor("lee", may="view"))

    answers = [
        change(client, edition, "hide"),
        client.post(f"/admin/newsletter/edition/{edition.pk}/add/", {"add_paper": "2407.00001"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert order(edition) == TITLES


def test_a_card_is_not_changed_by_a_link(desk, edition):
    assert desk.get(f"/admin/newsletter/edition/{edition.pk}/curate/").status_code == 405


def test_thirty_cards_cost_a_change_no_more_queries_than_three(desk):
    counts = []
    for size, day in ((3, "2024-07-01"), (30, "2024-07-02")):
        edition = make_edition(papers=size, date=day)
        last = edition.entries.last()
        with CaptureQueriesContext(connection) as queries:
            url = f"/admin/newsletter/edition/{edition.pk}/curate/"
            desk.post(url, {"act": "move", "entry": last.pk, "number": 1, "seen_version": 0})
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 24


def test_a_form_of_an_older_version_shows_both_and_saves_mine_when_told_to(desk, edition):
    change(desk, edition, "note", text="Theirs.")

    refused = save(desk, edition, seen_version="0", **{"entries-1-note": "Mine."})
    words = " ".join(html.fromstring(refused.content.decode()).text_content().split())
    standing = edition.entries.get(paper__title="Beta").note
    over = {"seen_version": "0", "_over": "1", "entries-1-note": "Mine."}
    saved = save(desk, edition, **over)

    assert "고치신 것 Mine. 지금 지면 Theirs." in words
    assert standing == "Theirs."
    assert edition.entries.get(paper__title="Beta").note == "Mine."
    assert said(saved) == ["저장했습니다."]


def test_a_form_saved_over_a_version_that_is_gone_again_is_refused_again(desk, edition):
    change(desk, edition, "note", text="Theirs.")
    change(desk, edition, "note", text="Theirs, again.")

    page = save(desk, edition, seen_version="0", _over="1", **{"entries-1-note": "Mine."})

    assert "여신 뒤에 다른 사람이 지면을 고쳐서" in page.content.decode()
    assert edition.entries.get(paper__title="Beta").note == "Theirs, again."


def test_a_form_with_a_card_that_is_gone_is_refused_in_words(desk, edition):
    form = filled_form(desk, desk_url(edition))
    edition.entries.filter(paper__title="Delta").delete()
    Edition.objects.filter(pk=edition.pk).update(version=7)

    page = desk.post(desk_url(edition), form | {"entries-1-note": "Mine."})

    assert page.status_code == 200
    assert "여신 뒤에 다른 사람이 지면을 고쳐서" in page.content.decode()


def test_a_save_that_changes_nothing_overtakes_nobody(desk, edition):
    save(desk, edition)

    edition.refresh_from_db()
    assert edition.version == 0
    assert change(desk, edition, "move", seen=0, number=1).status_code == 200


def test_a_verb_after_a_save_that_changes_nothing_is_done_to_what_was_seen(desk, edition):
    form = filled_form(desk, desk_url(edition)) | {"_then": "hold"}

    saved = desk.post(desk_url(edition), form)
    change(desk, edition, "note", text="Wait.")
    desk.post(saved.url, form)

    edition.refresh_from_db()
    assert (edition.version, edition.hold_reason) == (1, "")


def test_an_older_form_is_refused_also_where_it_changes_nothing(desk, edition):
    form = filled_form(desk, desk_url(edition)) | {"_then": "approve"}
    change(desk, edition, "note", text="Wait.")

    answer = desk.post(desk_url(edition), form)

    assert answer.status_code == 200
    assert answer.context["conflict"].version == 1


def test_a_saved_card_has_the_line_looked_up_once(desk, edition):
    change(desk, edition, "note", text="First.")

    with CaptureQueriesContext(connection) as queries:
        change(desk, edition, "note", text="Second.")

    of_line = 'ORDER BY "newsletter_entry"."position"'
    looked_up = [
        each
        for each in queries
        if each["sql"].startswith('SELECT "newsletter_entry"') and of_line in each["sql"]
    ]
    assert len(looked_up) == 1
