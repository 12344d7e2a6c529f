from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter.compose import compose_edition
from newsletter.models import Edition
from tests.desk import desk_url, filled_form, said, save
from tests.factories import make_edition, make_editor, make_listing, make_paper, make_summary


@pytest.fixture
def desk(client, db):
    client.force_login(make_editor())
    return client


def order(edition):
    return [entry.paper.canonical_id for entry in edition.printed_entries()]


def test_the_first_card_dragged_to_the_third_place_stays_there(desk, db):
    edition = make_edition(papers=4)
    first, second, third, fourth = order(edition)

    save(
        desk,
        edition,
        **{"entries-0-position": "3", "entries-1-position": "1", "entries-2-position": "2"},
    )

    edition.refresh_from_db()
    assert order(edition) == [second, third, first, fourth]
    assert edition.curated_at is not None
    touched = edition.entries.filter(touched_at__isnull=False)
    assert [entry.paper.canonical_id for entry in touched] == [first]


def test_saving_without_a_change_touches_nothing(desk):
    edition = make_edition(papers=3)

    save(desk, edition)

    edition.refresh_from_db()
    assert edition.curated_at is None
    assert not edition.entries.filter(touched_at__isnull=False).exists()


def test_a_note_and_a_hidden_entry_survive_composing_again(desk, daily_papers):
    listings = [make_listing(vote_count=votes) for votes in (30, 20, 10)]
    edition = compose_edition(daily_papers, listings[0].date)

    save(desk, edition, **{"entries-0-note": "Read this first.", "entries-2-hidden": "on"})
    compose_edition(daily_papers, edition.date)

    rows = [(e.note, e.hidden, e.touched_at is not None) for e in edition.entries.all()]
    assert rows == [("Read this first.", False, True), ("", False, False), ("", True, True)]


def test_an_order_set_by_hand_survives_composing_again(desk, daily_papers):
    papers = [make_listing(vote_count=votes).paper.canonical_id for votes in (30, 20, 10)]
    edition = compose_edition(daily_papers, make_listing(vote_count=5).date)

    save(desk, edition, **{"entries-0-position": "9"})
    compose_edition(daily_papers, edition.date)

    assert order(edition)[:2] == papers[1:]
    assert order(edition)[-1] == papers[0]


def test_a_hidden_entry_put_back_is_printed_where_it_stood(desk):
    edition = make_edition(papers=3)
    first, second, third = order(edition)
    edition.entries.filter(paper__canonical_id=first).update(hidden=True)

    form = filled_form(desk, desk_url(edition))
    del form["entries-2-hidden"]  # hidden cards stand at the end
    desk.post(desk_url(edition), form)

    assert order(edition) == [first, second, third]


@pytest.mark.parametrize(
    ("place", "number", "after"),
    [
        (3, "1", [3, 0, 1, 2]),
        (3, "2", [0, 3, 1, 2]),
        (0, "2", [1, 0, 2, 3]),
        (0, "4", [1, 2, 3, 0]),
        (1, "99", [0, 2, 3, 1]),
    ],
)
def test_a_paper_comes_to_the_number_that_is_typed(desk, place, number, after):
    edition = make_edition(papers=4)
    before = order(edition)

    save(desk, edition, **{f"entries-{place}-position": number})

    assert order(edition) == [before[index] for index in after]


def test_a_headline_and_a_pin_are_saved_with_the_form(desk):
    edition = make_edition(papers=3)
    last = order(edition)[-1]

    save(desk, edition, **{"entries-2-pin": "1", "entries-2-headline_ko": "소포를 찾는 법"})

    entry = edition.entries.get(paper__canonical_id=last)
    assert order(edition)[0] == last
    assert (entry.pin, entry.headlines) == (1, {"ko": "소포를 찾는 법"})


def test_a_form_of_an_older_version_saves_nothing(desk):
    edition = make_edition(papers=2)
    form = filled_form(desk, desk_url(edition))
    save(desk, edition, **{"entries-0-note": "First."})

    page = desk.post(desk_url(edition), form | {"entries-0-note": "Second."})

    assert "여신 뒤에 다른 사람이 지면을 고쳐서" in page.content.decode()
    assert [entry.note for entry in edition.entries.all()] == ["First.", ""]


def test_saving_leaves_what_the_engine_wrote_meanwhile(desk):
    edition = make_edition(papers=1)
    later = timezone.now() + timedelta(hours=1)
    form = filled_form(desk, desk_url(edition))
    Edition.objects.filter(pk=edition.pk).update(hold_reason="wait", not_before=later)

    desk.post(desk_url(edition), form)

    edition.refresh_from_db()
    assert (edition.hold_reason, edition.not_before) == ("wait", later)


def test_a_card_says_who_wrote_each_summary_and_where_one_is_missing(desk):
    paper, blank = make_paper(), make_paper()
    edition = make_edition(papers=[paper, blank])
    paper.summaries.filter(language="ko").update(writer="extract")
    paper.summaries.filter(language="en").delete()
    blank.summaries.all().delete()
    make_summary(blank, "ko", whats_new="", technical_details="", performance_highlights="")
    make_summary(blank, "en", writer="document")

    forms = desk.get(desk_url(edition)).context["inline_admin_formsets"][0].formset.forms

    words = [[(w.language, w.words, w.is_missing) for w in form.writings] for form in forms]
    assert words == [
        [("ko", "초록 발췌", False), ("en", "요약 없음", True)],
        [("ko", "비어 있음", True), ("en", "가져온 지면", False)],
    ]


def test_thirty_cards_cost_the_page_no_more_queries_than_three(desk):
    desk.get(desk_url(make_edition()))  # remembers the editor's language

    counts = []
    for size, day in ((3, 1), (30, 2)):
        edition = make_edition(papers=size, date=date(2024, 7, day))
        with CaptureQueriesContext(connection) as queries:
            desk.get(desk_url(edition))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_subject_and_intro_are_saved_in_each_language(desk):
    edition = make_edition(papers=1)

    response = save(
        desk, edition, **{"renditions-0-subject": "소포", "renditions-1-intro": "Good morning."}
    )

    rows = edition.renditions.values_list("language", "subject", "intro")
    assert set(rows) == {("ko", "소포", ""), ("en", "", "Good morning.")}
    assert said(response) == ["저장했습니다."]
    changes = edition.changes.order_by("pk").values_list("kind", "language", "before", "after")
    assert sorted(changes) == [("intro", "en", "", "Good morning."), ("subject", "ko", "", "소포")]
