# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options for objects that exist already, and that this collection has not created."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  unmarked:
    description:
      - How to treat an existing object without the mark that the module gives to what it creates.
      - V(manage) treats it like any other object. With V(keep) C(state=absent) does not delete it, and lists it in
        C(kept) of the result.
    type: str
    choices: [manage, keep]
    default: manage
  serves:
    description:
      - Address of the Bitbucket repository that the object is for.
      - If the object does not exist, others that do its job for this repository are looked for, with additional requests, and
        returned as C(unmanaged).
    type: str
  defaults:
    description: Names of options that apply to new objects and to those with the mark, but not to adopted ones.
    type: list
    elements: str
    default: []
"""

    UNMARKED = r"""
options:
  unmarked:
    description:
      - How to treat existing objects without the mark that the module gives to what it creates.
      - V(manage) treats them like any other object. With V(keep) C(state=absent) does not delete them, and lists them in
        C(kept) of the result.
    type: str
    choices: [manage, keep]
    default: manage
"""
