# SPDX-License-Identifier: GPL-3.0-or-later
"""References in a task's options: what ansible-core would make of them, or left to ansible-core."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.template import Templar

from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.references import UNKNOWN, referenced

trust = pytest.importorskip("ansible.template").__dict__.get("trust_as_template")
pytestmark = pytest.mark.skipif(trust is None, reason="this ansible-core resolves options itself")


def variables() -> dict[str, Any]:
    return {
        "settings": {
            "project": "acme/shop",
            "none": None,
            "days": 90,
            "deep": {"list": [{"a": 1}, True], "items": "a key that is also a method"},
            "literal": "{{ settings.project }}",  # of a service or a person, so no template
            "template": trust("{{ settings.project }}"),
            "within": {"below": [trust("{{ settings.days }}")]},
        },
        "name": trust("{{ settings }}"),
    }


@pytest.mark.parametrize("path", ["project", "none", "days", "deep", "deep.list", "literal"])
def test_it_is_what_ansible_makes_of_it(path: str) -> None:
    text = trust(f"{{{{ settings.{path} }}}}")
    expected = Templar(loader=None, variables=variables()).template(text)
    found = referenced(text, variables())
    assert found is not UNKNOWN and found == expected and type(found) is type(expected)


@pytest.mark.parametrize(
    "text",
    [
        "{{ settings.template }}",
        "{{ settings.within }}",
        "{{ settings.missing }}",
        "{{ settings.missing.more }}",
        "{{ settings.project.more }}",
        "{{ settings.deep.items }}",
        "{{ settings.keys }}",
        "{{ settings.days | int }}",
        "{{ settings['days'] }}",
        "x {{ settings.days }}",
        "{{ settings.days }}\n",
        "{{ settings.days }}{{ settings.days }}",
        "{{ name.project }}",
        "{{ nobody.project }}",
        "{{ settings }}",
    ],
)
def test_everything_else_is_left_to_ansible(text: str) -> None:
    assert referenced(trust(text), variables()) is UNKNOWN


@pytest.mark.parametrize("value", ["{{ settings.project }}", 1, None, ["{{ settings.project }}"]])
def test_only_what_the_playbook_says_is_an_expression(value: Any) -> None:
    assert referenced(value, variables()) is UNKNOWN
