import pytest
from django.utils.translation import override

from newsletter.admin.desk import Desk
from newsletter.models import Edition

State = Edition.State


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (State.COLLECTING, ["[Collect]", "Edit", "Approve", "Deliver"]),
        (State.DRAFT, ["Collected", "[Edit]", "Approve", "Deliver"]),
        (State.APPROVED, ["Collected", "Edited", "Approved", "[Deliver]"]),
        (State.SENDING, ["Collected", "Edited", "Approved", "[Deliver]"]),
        (State.DONE, ["Collected", "Edited", "Approved", "Delivered"]),
        (State.CANCELLED, []),
    ],
)
def test_the_line_of_an_edition_says_what_is_done_and_where_it_is(state, line):
    steps = Desk(Edition(state=state), may_edit=False).steps

    with override("en"):
        assert [f"[{step.words}]" if step.is_now else step.words for step in steps] == line
