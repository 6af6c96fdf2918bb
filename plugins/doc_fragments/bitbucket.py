# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of all Bitbucket modules."""

from __future__ import annotations

from ansible_collections.repobridge.bitbucket.plugins.doc_fragments.connections import connection


class ModuleDocFragment:
    DOCUMENTATION = r"""
requirements:
  - requests >= 2.31 (Python package, where the task runs; on a local connection that is the controller)
options:
  bitbucket_edition:
    description:
      - Which Bitbucket is meant.
      - It is told from the addresses if it can be. C(bitbucket.org), O(site_url) and an O(api_url) that ends in C(/2.0) mean
        V(cloud), O(bitbucket_url) and an O(api_url) with C(/rest) in it V(data_center). Where none of that is there, it must be set.
      - The environment variable E(BITBUCKET_EDITION) is used if it is not set.
    type: str
    choices: [cloud, data_center]
  bitbucket_url:
    description:
      - Address of the Data Center instance with its context path, as in V(https://example.com/bitbucket), without C(/rest).
      - Not for Cloud, which has O(api_url) and O(site_url).
      - The environment variable E(BITBUCKET_URL) is used if it is not set.
    type: str
  api_url:
    description:
      - Address of Cloud's REST API, without the version.
      - The environment variable E(BITBUCKET_API_URL) is used if it is not set.
    type: str
    default: https://api.bitbucket.org
  site_url:
    description:
      - Address of Cloud's site, where OAuth consumers get their tokens.
      - The environment variable E(BITBUCKET_SITE_URL) is used if it is not set.
    type: str
    default: https://bitbucket.org
  username:
    description:
      - For Cloud the e-mail address of the Atlassian account that made the O(api_token). Not the Bitbucket user name, which is
        for git.
      - For Data Center the user name that goes with O(password), or with O(access_token) and O(auth_method=basic).
      - The environment variable E(BITBUCKET_USERNAME) is used if it is not set.
    type: str
  password:
    description:
      - Data Center only. Password of the user in O(username). Many instances take no passwords for the REST API.
      - Only with it can HTTP access tokens be made, since a token can't make tokens. For everything else O(access_token) goes
        before it if both are given.
      - The environment variable E(BITBUCKET_PASSWORD) is used if it is not set.
    type: str
  api_token:
    description:
      - Cloud only. API token with scopes of the account in O(username).
      - Exactly one credential is needed. One that a task sets goes before any that the environment holds.
      - The environment variable E(BITBUCKET_API_TOKEN) is used if it is not set.
    type: str
  access_token:
    description:
      - For Cloud an access token of a repository, a project or a workspace, for Data Center an HTTP access token of a user, a
        project or a repository. It needs no user name.
      - The environment variable E(BITBUCKET_ACCESS_TOKEN) is used if it is not set.
    type: str
  client_id:
    description:
      - Cloud only. Key of a private OAuth consumer, together with O(client_secret).
      - The environment variable E(BITBUCKET_CLIENT_ID) is used if it is not set.
    type: str
  client_secret:
    description:
      - Secret of that consumer. Every task gets a token for itself with it, which costs one call more.
      - The environment variable E(BITBUCKET_CLIENT_SECRET) is used if it is not set.
    type: str
  app_password:
    description:
      - Cloud only. App password. Atlassian removed them on 2026-07-28; it is here to be told so, with the way to an API token.
      - The environment variable E(BITBUCKET_APP_PASSWORD) is used if it is not set.
    type: str
  auth_method:
    description:
      - How a token is sent. An O(api_token) is sent as V(basic) if nothing is said, which is what the API's documentation describes.
      - An HTTP access token of Data Center is sent as V(bearer) if nothing is said. V(basic) works with those of users only, and
        with O(username).
      - Access tokens and OAuth consumers of Cloud are always sent as V(bearer).
      - The environment variable E(BITBUCKET_AUTH_METHOD) is used if it is not set.
    type: str
    choices: [basic, bearer]
notes:
  - Bitbucket Cloud allows about 1,000 calls an hour for repositories and as many for webhooks. A task that finds nothing to do
    costs as few calls as its description says.
"""

    USE = r"""
options:
  use:
    description:
      - What the credential is for. It is checked whether a target can work with its kind at all and whether it has the scopes.
    type: list
    elements: str
    # begin: uses (make generate)
    choices: [oci_devops, gitlab_ci, gitlab_ci_push, cds, upsun, gemnasium]
    # end: uses
    default: []
"""


# ansible-test wants texts where attributes are assigned in the class.
setattr(ModuleDocFragment, "CONNECTION", connection("bitbucket", "Bitbucket", ModuleDocFragment.DOCUMENTATION))  # noqa: B010 - mypy does not know the attribute
