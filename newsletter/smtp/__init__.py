"""SMTP twice: Django's backend for small mails, and a client of our own for editions."""

from newsletter.smtp.backend import EmailBackend, Stage

__all__ = ["EmailBackend", "Stage"]
