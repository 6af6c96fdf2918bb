# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left out on the oldest ansible-core and Python does not depend on them, by what it imports."""

from __future__ import annotations

import pytest

from tests.tools import versions

LEFT_OUT = versions.of_the_newest_only()


@pytest.mark.parametrize("subject", sorted(versions.subjects()))
def test_a_file_that_depends_on_the_version_is_tested_on_the_oldest(subject: str) -> None:
    near = versions.nearest(subject)
    assert near, (
        f"no unit test imports {subject}, which imports {versions.differing(versions.imports_of(versions.files()[subject]))}"
    )
    assert not LEFT_OUT & set(near)


def test_of_the_shared_code_alone_ansible_is_imported() -> None:
    """Services and targets import nothing of ansible-core: what they do is the same with each of its versions."""
    importing = {
        name.split(".")[2]
        for name, path in versions.files().items()
        if name.startswith("plugins.module_utils.")
        and any(one.partition(".")[0] == "ansible" for one in versions.imports_of(path))
    }
    assert importing == {"core"}


def test_what_is_left_out_imports_neither_ansible_nor_the_controllers_code() -> None:
    assert LEFT_OUT
    for path in LEFT_OUT:
        names = versions.imports_of(path)
        assert not [name for name in names if name.startswith(("ansible.", "plugins.plugin_utils"))], path
        assert path.relative_to(versions.UNIT).parts[0] != "plan", path


@pytest.mark.parametrize("folder", ["tests/unit/sandbox", "tests/contract"])
def test_tests_of_the_sandbox_know_nothing_of_the_collection(folder: str) -> None:
    """The Makefile leaves out the whole folders."""
    found = [
        (str(path), name)
        for path in (versions.ROOT / folder).rglob("*.py")
        for name in versions.imports_of(path)
        if name.startswith(("plugins.", "ansible.")) or name == "ansible"
    ]
    assert not found, found
