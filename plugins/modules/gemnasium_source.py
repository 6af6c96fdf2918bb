#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gemnasium_source
short_description: Manage a source of Gemnasium Enterprise
version_added: 1.0.0
description:
  - Makes a hosting service appear on the page "Add Project" of Gemnasium Enterprise, by the command
    C(repo-syncer sources create) in its container. It is run through the engine's API, without a shell and without a terminal.
  - It is found again by O(provider).
  - What was done is remembered in a marker in the data volume (below C(.repobridge) in O(data_path)), written after the command
    ended well. It goes wherever the data goes, into backups too. It holds the values of the options, and of a secret a salted
    fingerprint.
  - What somebody changes in Gemnasium by other means can't be seen, because no command that shows anything is documented.
    Nor is one that changes or removes. New values run the same command again, and if Gemnasium refuses, the task
    fails with its words and what to do.
  - One call if there is nothing to do, one more without O(api_version). Check mode reports from the marker.
  - The task needs access to the engine, which is as much as root on its machine.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.gemnasium_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.gemnasium
  - repobridge.bitbucket.gemnasium.command
options:
  provider:
    description: Name of the provider, which must be there, with a client for V(sync).
    type: str
    required: true
  label:
    description: What users see, as V(Bitbucket Cloud). Needed unless O(state=absent).
    type: str
  type:
    description: What kind of service it is, as V(bitbucket). Needed unless O(state=absent).
    type: str
  api_url:
    description: Address of its API, as V(https://api.bitbucket.org). Needed unless O(state=absent).
    type: str
seealso:
  - module: repobridge.bitbucket.gemnasium_auth_client
"""

EXAMPLES = r"""
- name: Repositories of Bitbucket Cloud can be added
  repobridge.bitbucket.gemnasium_source:
    provider: bitbucket.org
    label: Bitbucket Cloud
    type: bitbucket
    api_url: https://api.bitbucket.org

- name: Leave the source in Gemnasium, and manage it no longer
  repobridge.bitbucket.gemnasium_source:
    provider: bitbucket.org
    state: absent
    forget: true
"""

RETURN = r"""
resource:
  description: The object as the marker remembers it; without secrets.
  returned: success
  type: dict
  contains:
    id:
      description: What identifies it; in check mode a C(pending:) id for one that would be made.
      type: str
    how:
      description: >-
        V(made) by the command; V(finished) if the run of that command was cut off, and the engine knew that it ended well;
        V(found) if Gemnasium had it when the command of a run that was cut off was repeated; V(adopted) by O(adopt).
      type: str
    marker:
      description: The marker's path in the container.
      type: str
drift:
  description: What differed (path, expected, actual); an empty path stands for the object itself.
  returned: success
  type: list
  elements: dict
actions:
  description: What was, or in check mode would be, done (action, kind, name, call).
  returned: success
  type: list
  elements: dict
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gemnasium.source import Source


def main() -> None:
    run_module(Source)


if __name__ == "__main__":
    main()
