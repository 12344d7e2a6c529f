"""Language models write: asked with a text, held to our checks, paid for by the day's budget."""
