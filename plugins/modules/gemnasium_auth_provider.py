#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gemnasium_auth_provider
short_description: Manage an authentication provider of Gemnasium Enterprise
version_added: 1.0.0
description:
  - Tells Gemnasium Enterprise where a hosting service authorises, by the command C(auth provider create) in its container. It
    is run through the engine's API, without a shell and without a terminal.
  - It is found again by O(name).
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
  name:
    description: Its name, as V(bitbucket.org). Clients and sources refer to it.
    type: str
    required: true
  type:
    description: What kind of service it is, as V(bitbucket), V(github) or V(gitlab). Needed unless O(state=absent).
    type: str
  authorize_url:
    description: Address where users authorise. Needed unless O(state=absent).
    type: str
  token_url:
    description: Address where tokens are given. Needed unless O(state=absent).
    type: str
  cli:
    description:
      - The form of the command. V(classic) is C(auth provider create NAME TYPE AUTHORIZE_URL TOKEN_URL), V(versioned) is
        C(auth providers create NAME TYPE 2.0 AUTHORIZE_URL TOKEN_URL) of the newer documentation.
    type: str
    choices: [classic, versioned]
    default: classic
seealso:
  - module: repobridge.bitbucket.gemnasium_auth_client
"""

EXAMPLES = r"""
- name: Bitbucket Cloud, for sign-in and synchronisation
  repobridge.bitbucket.gemnasium_auth_provider:
    name: bitbucket.org
    type: bitbucket
    authorize_url: https://bitbucket.org/site/oauth2/authorize
    token_url: https://bitbucket.org/site/oauth2/access_token

- name: By the newer form of the command
  repobridge.bitbucket.gemnasium_auth_provider:
    name: gitlab.com
    type: gitlab
    authorize_url: https://gitlab.com/oauth/authorize
    token_url: https://gitlab.com/oauth/token
    cli: versioned

- name: Leave it in Gemnasium, and manage it no longer
  repobridge.bitbucket.gemnasium_auth_provider:
    name: gitlab.com
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
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gemnasium.auth_provider import AuthProvider


def main() -> None:
    run_module(AuthProvider)


if __name__ == "__main__":
    main()
