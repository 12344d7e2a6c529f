"""A file of readers at the desk, in a real browser: the page follows what a worker does."""

import pytest
from playwright.sync_api import Page, expect

from newsletter.models import Import, Newsletter, Subscription
from newsletter.tasks import take_import
from tests.desk import log_in, violations
from tests.factories import make_editor

TEXT = "email,hour\ndana@example.org,7\nemi@example.org,25\n"


@pytest.fixture
def desk(page: Page, live_server, client, transactional_db, plain_cookies) -> Page:
    Newsletter.objects.get_or_create(slug=Newsletter.DEFAULT_SLUG, name="Daily Papers")
    log_in(page, client, live_server.url, make_editor(may="add"))
    page.goto(f"{live_server.url}/admin/newsletter/import/add/")
    return page


def test_a_file_is_brought_looked_at_and_taken_in_without_a_reload(desk):
    assert violations(desk) == {}
    desk.get_by_label("파일").set_input_files(
        {"name": "readers.csv", "mimeType": "text/csv", "buffer": TEXT.encode()}
    )
    desk.get_by_label("독자가 동의한 문구").fill("매일 아침 받겠습니다.")
    desk.get_by_label("모두 전에 메일로 확인한 독자입니다").check()
    desk.get_by_role("button", name="살펴보기").click()
    status = desk.get_by_role("status")
    expect(status).to_contain_text("살펴보는 중")

    take_import(Import.objects.get().pk)
    expect(status).to_have_text("결정을 기다림")
    expect(desk.get_by_text("3번째 줄: hour 열의 값을 읽을 수 없습니다.")).to_be_visible()
    assert violations(desk) == {}
    desk.get_by_role("button", name="가져오기", exact=True).click()
    take_import(Import.objects.get().pk)

    expect(status).to_have_text("가져옴")
    reader = Subscription.objects.get()
    assert (reader.state, reader.hour) == (Subscription.State.CONFIRMED, 7)
