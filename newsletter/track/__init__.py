"""Track: what providers, relays and readers' servers say of a mail after it left.

    views/webhooks  ─► callbacks ─┐
    bounce_box ─► bounces ────────┼─► Said ─► events ─► evidence, suppressions, holds
    refusals (at the relay) ──────┘

Anyone may post an event, so it counts only with a name that we made, and with the address that the
mail went to. Events may come twice, late and in any order.
"""
