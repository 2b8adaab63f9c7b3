"""The patterns of the commands' texts, in words: what somebody has to type instead."""

from __future__ import annotations

from amends.entrypoints.web.language import translate as _


def pattern_in_words(pattern: str) -> str:
    """What a text has to look like, said for the patterns commands use."""
    if pattern.startswith("^[A-Z]{3}"):
        return _("Write the currency as three capital letters, like EUR.")
    if pattern.startswith("^[A-Z]{2}"):
        return _("Write the country as two capital letters, like ES.")
    if pattern.startswith("^[A-Za-z0-9]["):
        return _("Use letters, digits and . _ ~ : @ - only, without blanks.")
    if pattern.startswith("^[a-z0-9_]+"):
        return _("Use small letters, digits and _ only.")
    if pattern.startswith("^[A-Za-z]{2,3}"):
        return _("Write the language as a code, like en or zh-CN.")
    return ""
