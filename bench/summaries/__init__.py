"""A bench of our own for summaries: how many errors our checks notice, and how often they cry wolf.

It replays recorded answers of a language model, or judges what others wrote; `make bench-summaries`
and docs/summaries.md.
"""
