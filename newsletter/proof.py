"""Proof of work: while very many ask, each request costs its sender a second's computing.

Source: ALTCHA's protocol, version 2, whose clients can all answer; ours is
`static/newsletter/proof.js`. Nothing of a reader is in it, and nobody else is asked.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from altcha import Challenge, Payload, create_challenge, verify_solution
from django.utils import timezone

from newsletter.mac import mac
from newsletter.quota import HOUR, take

ALGORITHM, ROUNDS = "PBKDF2/SHA-256", 10_000  # a try
PREFIX = "00"  # of the key to be found: one try in 256
LASTS = timedelta(minutes=20)


def challenge() -> dict[str, object]:
    """As JSON has it."""
    made: Challenge = create_challenge(
        ALGORITHM,
        ROUNDS,
        key_prefix=PREFIX,
        expires_at=timezone.now() + LASTS,
        hmac_secret=secret(),
    )
    return made.to_dict()


def accept(answer: str) -> bool:
    """Whether a challenge of ours was answered, in time, and for the first time."""
    if not answer:
        return False
    return verify_solution(answer, secret()).verified and is_new(Payload.from_base64(answer))


def is_new(answer: Payload) -> bool:
    """Counted in the hour in which it would be too late, however many processes are asked."""
    asked = answer.challenge.parameters
    assert asked.expires_at  # as we signed
    late_at = datetime.fromtimestamp(asked.expires_at, UTC)
    return take(f"proof {asked.nonce}", 1, HOUR, late_at)


def secret() -> str:
    return mac("paperboy.proof", "").hex()
