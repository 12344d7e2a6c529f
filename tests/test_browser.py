from playwright.sync_api import Page, expect


def test_an_editor_meets_the_login_page_in_a_real_browser(page: Page, live_server):
    page.goto(f"{live_server.url}/admin/")

    expect(page).to_have_url(f"{live_server.url}/admin/login/?next=/admin/")
    expect(page.locator("input[name=username]")).to_be_visible()
