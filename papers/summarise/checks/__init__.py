"""Checks: pure functions of a draft and its source, one subject a module."""

VERSION = 3  # of the checks; another one makes all kept verdicts out of date
