"""Text as people write it into a form. It may not say what is right: that is the services' business."""

from __future__ import annotations

from typing import Any, Final

from django import forms

_CONTROLS: Final = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(127, 160)))
"""What nobody writes and the database partly refuses: control characters but tabs and the ends of lines."""


def written(text: str) -> str:
    """What a person wrote into a form, without the control characters that came along from elsewhere."""
    return text.translate(_CONTROLS)


class Text(forms.CharField):
    """A text that may be missing, as it was `written`; shown again after a fault with every space it had."""

    def __init__(self, *, initial: str = "") -> None:
        super().__init__(required=False, initial=initial)

    def to_python(self, value: Any) -> str:
        """The text without what nobody writes."""
        return str(super().to_python(written(value or "")))

    def bound_data(self, data: Any, initial: Any) -> str:
        """What stands in the form after it was sent."""
        return written(data or "")
