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
      - Edition of Bitbucket.
      - By default it is derived from the addresses. C(bitbucket.org), O(site_url) and an O(api_url) that ends in
        C(/2.0) mean V(cloud), O(bitbucket_url) and an O(api_url) with C(/rest) in it mean V(data_center). If none of
        these is given, it must be set.
      - If it is not set, the environment variable E(BITBUCKET_EDITION) is used.
    type: str
    choices: [cloud, data_center]
  bitbucket_url:
    description:
      - Address of the Data Center instance with its context path, as in V(https://example.com/bitbucket), without C(/rest).
      - For Cloud use O(api_url) and O(site_url) instead.
      - If it is not set, the environment variable E(BITBUCKET_URL) is used.
    type: str
  api_url:
    description:
      - Address of Cloud's REST API, without the version.
      - If it is not set, the environment variable E(BITBUCKET_API_URL) is used.
    type: str
    default: https://api.bitbucket.org
  site_url:
    description:
      - Address of Cloud's site, where OAuth consumers get their tokens.
      - If it is not set, the environment variable E(BITBUCKET_SITE_URL) is used.
    type: str
    default: https://bitbucket.org
  username:
    description:
      - For Cloud the e-mail address of the Atlassian account that created the O(api_token), not the Bitbucket user
        name, which is for git.
      - For Data Center the user name for O(password), or for O(access_token) with O(auth_method=basic).
      - If it is not set, the environment variable E(BITBUCKET_USERNAME) is used.
    type: str
  password:
    description:
      - Data Center only. Password of the user in O(username). Many instances do not accept passwords for the REST API.
      - Required for creating HTTP access tokens, because a token cannot create tokens. For all other requests
        O(access_token) has precedence if both are set.
      - If it is not set, the environment variable E(BITBUCKET_PASSWORD) is used.
    type: str
  api_token:
    description:
      - Cloud only. API token with scopes of the account in O(username).
      - Exactly one credential is required. A credential that the task sets has precedence over those in the
        environment.
      - If it is not set, the environment variable E(BITBUCKET_API_TOKEN) is used.
    type: str
  access_token:
    description:
      - For Cloud an access token of a repository, a project or a workspace, for Data Center an HTTP access token of a user, a
        project or a repository. It needs no user name.
      - If it is not set, the environment variable E(BITBUCKET_ACCESS_TOKEN) is used.
    type: str
  client_id:
    description:
      - Cloud only. Key of a private OAuth consumer, together with O(client_secret).
      - If it is not set, the environment variable E(BITBUCKET_CLIENT_ID) is used.
    type: str
  client_secret:
    description:
      - Secret of that consumer. Every task requests its own token with it, which is one additional request.
      - If it is not set, the environment variable E(BITBUCKET_CLIENT_SECRET) is used.
    type: str
  app_password:
    description:
      - Cloud only. App password. Atlassian removed app passwords on 2026-07-28. With this option the task fails and
        explains how to create an API token.
      - If it is not set, the environment variable E(BITBUCKET_APP_PASSWORD) is used.
    type: str
  auth_method:
    description:
      - How a token is sent. The default for an O(api_token) is V(basic), as the documentation of the API describes.
      - The default for an HTTP access token of Data Center is V(bearer). V(basic) only works with tokens of users, and
        needs O(username).
      - Access tokens and OAuth consumers of Cloud are always sent as V(bearer).
      - If it is not set, the environment variable E(BITBUCKET_AUTH_METHOD) is used.
    type: str
    choices: [basic, bearer]
notes:
  - Bitbucket Cloud allows about 1,000 requests per hour for repositories and as many for webhooks. Each module
    documents the number of requests of a task that changes nothing.
"""

    REPOSITORY = r"""
options:
  workspace:
    description: Slug of the workspace; for Data Center the key of the project, V(~ada) for the personal one of a user.
    type: str
    required: true
  repository:
    description: Slug of the repository.
    type: str
    required: true
"""

    CLOUD_REPOSITORY = r"""
options:
  workspace:
    description: Slug of the workspace in Bitbucket Cloud.
    type: str
    required: true
  repository:
    description: Slug of the repository.
    type: str
    required: true
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
