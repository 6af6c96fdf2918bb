# SPDX-License-Identifier: GPL-3.0-or-later
"""YAML that somebody else wrote: whatever is wrong with it is one kind of error."""

from __future__ import annotations

from typing import Any

import yaml


def load(text: str | bytes) -> Any:
    """:raises yaml.YAMLError: it is none; also where PyYAML lets other exceptions through.

    These are dates that do not exist, numbers of thousands of digits, thousands of levels.
    """
    try:
        return yaml.safe_load(text)
    except (ValueError, RecursionError, OverflowError) as error:
        raise yaml.YAMLError(str(error)) from None
