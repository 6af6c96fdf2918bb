# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of all Bitbucket modules."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
requirements:
  - requests >= 2.31 (Python package, where the task runs; on a local connection that is the controller)
options:
  api_url:
    description:
      - Address of the REST API, without the version.
      - The environment variable E(BITBUCKET_API_URL) is used if it is not set.
    type: str
    default: https://api.bitbucket.org
  site_url:
    description:
      - Address of the site, where OAuth consumers get their tokens.
      - The environment variable E(BITBUCKET_SITE_URL) is used if it is not set.
    type: str
    default: https://bitbucket.org
  username:
    description:
      - E-mail address of the Atlassian account that made the O(api_token). Not the Bitbucket user name, which is for git.
      - The environment variable E(BITBUCKET_USERNAME) is used if it is not set.
    type: str
  api_token:
    description:
      - API token with scopes of the account in O(username).
      - Exactly one credential is needed. One that a task sets goes before any that the environment holds.
      - The environment variable E(BITBUCKET_API_TOKEN) is used if it is not set.
    type: str
  access_token:
    description:
      - Access token of a repository, a project or a workspace. It needs no user name.
      - The environment variable E(BITBUCKET_ACCESS_TOKEN) is used if it is not set.
    type: str
  client_id:
    description:
      - Key of a private OAuth consumer, together with O(client_secret).
      - The environment variable E(BITBUCKET_CLIENT_ID) is used if it is not set.
    type: str
  client_secret:
    description:
      - Secret of that consumer. Every task gets a token for itself with it, which costs one call more.
      - The environment variable E(BITBUCKET_CLIENT_SECRET) is used if it is not set.
    type: str
  app_password:
    description:
      - App password. Atlassian removed them on 2026-07-28; it is here to be told so, with the way to an API token.
      - The environment variable E(BITBUCKET_APP_PASSWORD) is used if it is not set.
    type: str
  auth_method:
    description:
      - How an O(api_token) is sent. V(basic) if nothing is said, which is what the API's documentation describes.
      - Other credentials are always sent as V(bearer).
      - The environment variable E(BITBUCKET_AUTH_METHOD) is used if it is not set.
    type: str
    choices: [basic, bearer]
notes:
  - Bitbucket allows about 1,000 calls an hour for repositories and as many for webhooks. A task that finds nothing to do
    costs as few calls as its description says.
"""
