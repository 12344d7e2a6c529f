from newsletter.rendered import Rendered

MAIL = Rendered(
    subject="Parcels",
    preheader="and letters",
    html='<a href="__UNSUBSCRIBE_URL__">__ADDRESS__</a>',
    text="__ADDRESS__: __UNSUBSCRIBE_URL__",
)


def test_what_stands_in_a_slot_is_escaped_in_html_and_typed_in_text():
    own = MAIL.filled(address="o'neil@example.org", unsubscribe_url="https://paperboy.example/?a&b")

    assert own == Rendered(
        subject="Parcels",
        preheader="and letters",
        html='<a href="https://paperboy.example/?a&amp;b">o&#x27;neil@example.org</a>',
        text="o'neil@example.org: https://paperboy.example/?a&b",
    )


def test_an_address_that_reads_as_a_slot_is_not_filled_again():
    own = MAIL.filled(address="__UNSUBSCRIBE_URL__@example.org", unsubscribe_url="/u/1/")

    assert own.text == "__UNSUBSCRIBE_URL__@example.org: /u/1/"
