"""How much of everything one summary may take of a model."""

MOST_TOKENS = 8000  # of an answer, with what a model thinks to itself before
NONSENSE = 20  # times the tokens that it may take: nobody believes a provider that tells of more
PAID_TRIES = 2  # answers that are paid for: the first, and one more with our complaint
FREE_TRIES = 6  # that were told to wait, or reached nobody
COMPLAINT = 2000  # characters
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0  # seconds, where nobody says how long
