"""The cast and the clock."""

from pathlib import Path

import pytest

from newsletter.models import Newsletter, Subscription
from tests.factories import make_subscription

SHARED_DATA = Path(__file__).parent.parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real answers and editions, laid beside the checkout; the product ships none of them."""
    if not SHARED_DATA.is_dir():
        pytest.fail(f"{SHARED_DATA} is missing: the real input data lies beside the checkout")
    return SHARED_DATA


@pytest.fixture
def daily_papers(db) -> Newsletter:
    return Newsletter.objects.get(slug=Newsletter.DEFAULT_SLUG)


@pytest.fixture
def alice(db) -> Subscription:
    """Confirmed, reads Korean."""
    return make_subscription("alice@example.org", language="ko")


@pytest.fixture
def emma(db) -> Subscription:
    """Confirmed, reads English."""
    return make_subscription("emma@example.org", language="en")


@pytest.fixture
def bob(db) -> Subscription:
    """Asked, and never confirmed."""
    return make_subscription("bob@example.org", state=Subscription.State.PENDING, confirmed_at=None)


@pytest.fixture
def carol(db) -> Subscription:
    """Left."""
    return make_subscription("carol@example.org", state=Subscription.State.UNSUBSCRIBED)
