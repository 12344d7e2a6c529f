"""Editions as documents: Markdown in and out, JSON out. The format: docs/documents.md."""
