#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gemnasium_auth_provider
short_description: Manage an authentication provider of Gemnasium Enterprise
version_added: 1.0.0
description:
  - Creates an authentication provider of Gemnasium Enterprise for a hosting service, with the command
    C(auth provider create) in its container. The command runs through the engine's API, without a shell and without a
    terminal.
  - The provider is identified by O(name).
  - Each successful command is recorded in a marker in the data volume (below C(.repobridge) in O(data_path)). The
    marker is part of the volume's data and of its backups. It contains the values of the options, and of a secret a
    salted fingerprint.
  - Changes made in Gemnasium by other means cannot be detected, because Gemnasium documents no command that lists,
    changes or deletes objects. New values run the same command again. If Gemnasium rejects it, the task fails with
    Gemnasium's message and the remedy.
  - Sends one request, and one more without O(api_version). Check mode compares with the marker.
  - The task needs access to the container engine, which is equivalent to root on its machine.
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
    description: Name, for example V(bitbucket.org). Clients and sources refer to it.
    type: str
    required: true
  type:
    description: Type of the service, for example V(bitbucket), V(github) or V(gitlab). Required unless O(state=absent).
    type: str
  authorize_url:
    description: Authorization endpoint. Required unless O(state=absent).
    type: str
  token_url:
    description: Token endpoint. Required unless O(state=absent).
    type: str
  cli:
    description:
      - Form of the command. V(classic) is C(auth provider create NAME TYPE AUTHORIZE_URL TOKEN_URL), V(versioned) is
        C(auth providers create NAME TYPE 2.0 AUTHORIZE_URL TOKEN_URL) of the newer documentation.
    type: str
    choices: [classic, versioned]
    default: classic
seealso:
  - module: repobridge.bitbucket.gemnasium_auth_client
"""

EXAMPLES = r"""
- name: Create the provider Bitbucket Cloud
  repobridge.bitbucket.gemnasium_auth_provider:
    name: bitbucket.org
    type: bitbucket
    authorize_url: https://bitbucket.org/site/oauth2/authorize
    token_url: https://bitbucket.org/site/oauth2/access_token

- name: Create it with the newer form of the command
  repobridge.bitbucket.gemnasium_auth_provider:
    name: gitlab.com
    type: gitlab
    authorize_url: https://gitlab.com/oauth/authorize
    token_url: https://gitlab.com/oauth/token
    cli: versioned

- name: Stop managing the provider, which remains in Gemnasium
  repobridge.bitbucket.gemnasium_auth_provider:
    name: gitlab.com
    state: absent
    forget: true
"""

RETURN = r"""
resource:
  description: The object as recorded in the marker, without secrets.
  returned: success
  type: dict
  contains:
    id:
      description: Identity of the object; in check mode a C(pending:) id if it would be created.
      type: str
    how:
      description: >-
        How the object was created. V(made) by the command; V(finished) if the run of that command was interrupted, and
        the engine reported that it succeeded; V(found) if it existed when the command of an interrupted run was
        repeated; V(adopted) by O(adopt).
      type: str
    marker:
      description: Path of the marker in the container.
      type: str
drift:
  description: Differences (path, expected, actual); an empty path means the object itself.
  returned: success
  type: list
  elements: dict
actions:
  description: Actions that were taken, or would be taken in check mode (action, kind, name, call).
  returned: success
  type: list
  elements: dict
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gemnasium.auth_provider import AuthProvider


def main() -> None:
    run_module(AuthProvider)


if __name__ == "__main__":
    main()
