"""What form-js says to people, in the reader's language (by form-js's own English texts)."""

from __future__ import annotations

from flask_babel import gettext

from web.i18n import noted

_WORDS = (
    noted("Field is required."),
    noted("Field must match pattern {value}."),
    noted("Field must be a valid email."),
    noted("Field must be a valid international phone number. (e.g. +4930664040900)"),
    noted("Field must have minimum length of {value}."),
    noted("Field must have maximum length of {value}."),
    noted("Field must have minimum value of {value}."),
    noted("Field must have maximum value of {value}."),
    noted("Value is not a number."),
    noted("Value is expected to be an integer."),
    noted("Value is expected to have at most 1 decimal digit."),
    noted("Value is expected to have at most {value} decimal digits."),
    noted("Please select a valid value, the two nearest valid values are "
          "{previousValue} and {nextValue}."),
    noted("Date and time must both be entered."),
    noted("No files selected"),
    noted("{value} files selected"),
    noted("Browse"),
    noted("Search"),
    noted("No results"),
    noted("Nothing to show."),
    noted("No content to show."),
    noted("All values selected"),
    noted("Add new"),
    noted("Collapse"),
    noted("Expand all ({value})"),
    noted("Next page"),
    noted("Previous page"),
    noted("{page} of {total}"),
    noted("Remove tag"),
    noted("Increment"),
    noted("Decrement"),
)


def form_words() -> dict[str, str]:
    """form-js's texts and their translations."""
    return {word: gettext(word) for word in _WORDS}
