# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of all Upsun modules."""

from __future__ import annotations

from ansible_collections.repobridge.bitbucket.plugins.doc_fragments.connections import connection


class ModuleDocFragment:
    DOCUMENTATION = r"""
requirements:
  - requests >= 2.31 (Python package, where the task runs; on a local connection that is the controller)
options:
  api_token:
    description:
      - API token of an Upsun account. Every task exchanges it for an access token, which costs one call more, and does so again
        before that ends.
      - The environment variable E(UPSUN_CLI_TOKEN) is used if it is not set, and then E(PLATFORMSH_CLI_TOKEN), as by the
        vendor's command line.
    type: str
    required: true
  api_url:
    description:
      - Address of the API. Services under another name on the same API (Platform.sh, OVHcloud Web PaaS, Adobe Commerce) have others.
      - The environment variable E(UPSUN_API_URL) is used if it is not set.
    type: str
    default: https://api.upsun.com
  auth_url:
    description:
      - Address of the service where API tokens are exchanged.
      - The environment variable E(UPSUN_AUTH_URL) is used if it is not set.
    type: str
    default: https://auth.upsun.com
  client_id:
    description:
      - Name the client has there.
      - The environment variable E(UPSUN_CLIENT_ID) is used if it is not set.
    type: str
    default: platform-api-user
"""

    PROJECT = r"""
options:
  project:
    description: Id of the Upsun project, such as V(abcdefgh1234567). It is the last part of the project's address in the Console.
    type: str
    required: true
"""


# ansible-test wants texts where attributes are assigned in the class.
setattr(ModuleDocFragment, "CONNECTION", connection("upsun", "Upsun", ModuleDocFragment.DOCUMENTATION))  # noqa: B010 - mypy does not know the attribute
