#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_config
short_description: Configure the services vcs and hooks of CDS
version_added: 1.0.0
description:
  - Edits the configuration file of CDS's C(engine) in place. Only what the task sets is compared and written. Comments, other
    sections and keys it does not know stay as they are, and keys are found in any case of letters, as the engine finds them.
  - A missing file is made by C(engine config new), without its examples of servers. A file that is there is never made anew, because
    that would give all services new keys.
  - The file gets the mode 0600, for it holds secrets. It is replaced as a whole, never half written.
  - The result is checked before it is written, in check mode too, and by C(engine config check) as well. That one finds little and
    ends with 0 whatever it finds. This module also refuses addresses that are none, missing tokens and the vendor's
    placeholders, equal ports, names of servers with capital letters, keys that are there twice, and before 0.44 different tokens.
  - A setting that the version of the engine would ignore is refused. Servers went with 0.53.1, C(vcs.UI.http) with 0.50, and
    C(vcs.proxyWebhook) for all servers came with 0.51.
  - With O(state=absent) the named servers are taken out of the file. The file itself is never deleted.
  - CDS reads the file when it starts. RV(restart) names the services that must be started anew. Environment variables that begin with
    C(CDS_) go before the file, and are not seen here.
  - The task belongs on the host CDS runs on, and runs there with the rights to read and write the file.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes.on_the_host
  - repobridge.bitbucket.transport.state
requirements:
  - tomlkit >= 0.12 (Python package, on the host)
options:
  path:
    description: Path of the file. It is found by that.
    type: path
    required: true
  engine:
    description: The program C(engine), by its name or path.
    type: str
    default: engine
  version:
    description: Version of CDS that reads the file, as V(0.53.0). If it is not set the program is asked.
    type: str
  new_services:
    description:
      - Services a new file is for.
      - With V(api) the tokens in the file are good for the names in it. Without it each service needs O(vcs.api_token) and
        O(hooks.api_token).
    type: list
    elements: str
    choices: [api, vcs, hooks]
    default: [vcs, hooks]
  vcs:
    description: Settings of C([vcs]).
    type: dict
    suboptions:
      name:
        description: Name of the service (C(name)). Without one it does not start. From 0.44 on it must be that of its token's consumer.
        type: str
      url:
        description: Where the API reaches the service (C(URL)).
        type: str
      address:
        description: Address to listen on (C(http.addr)).
        type: str
      port:
        description: Port to listen on (C(http.port)).
        type: int
      api_url:
        description: Where the service reaches the API (C(api.http.url)).
        type: str
      api_token:
        description:
          - The token with which it signs in to the API (C(api.token)). Before 0.44 that of the group C(shared.infra), the same for both
            services; from 0.44 on each has a consumer of its own (M(repobridge.bitbucket.cds_consumer)).
        type: str
      redis_host:
        description: Address of Redis (C(cache.redis.host)).
        type: str
      redis_password:
        description: Password of Redis (C(cache.redis.password)).
        type: str
      ui_url:
        description: Address of the UI, where Bitbucket sends browsers after the consent (C(UI.http.url)), before 0.50.
        type: str
      proxy_webhook:
        description: Address in place of O(hooks.url_public) in the webhooks of all servers (C(proxyWebhook)), from 0.51 on.
        type: str
  hooks:
    description: Settings of C([hooks]).
    type: dict
    suboptions:
      name:
        description: Name of the service (C(name)). Without one it does not start. From 0.44 on it must be that of its token's consumer.
        type: str
      url:
        description: Where the API reaches the service (C(URL)).
        type: str
      address:
        description: Address to listen on (C(http.addr)).
        type: str
      port:
        description: Port to listen on (C(http.port)).
        type: int
      api_url:
        description: Where the service reaches the API (C(api.http.url)).
        type: str
      api_token:
        description:
          - The token with which it signs in to the API (C(api.token)). Before 0.44 that of the group C(shared.infra), the same for both
            services; from 0.44 on each has a consumer of its own (M(repobridge.bitbucket.cds_consumer)).
        type: str
      redis_host:
        description: Address of Redis (C(cache.redis.host)).
        type: str
      redis_password:
        description: Password of Redis (C(cache.redis.password)).
        type: str
      url_public:
        description: Where Bitbucket reaches the service (C(urlPublic)); the addresses of webhooks begin with it.
        type: str
      enabled:
        description: Whether hooks start anything (the opposite of C(disable)).
        type: bool
      retries:
        description: How often a failed hook is tried again (C(retryError)).
        type: int
      retry_delay:
        description: Seconds between two tries (C(retryDelay)).
        type: int
  servers:
    description: Repositories managers of Bitbucket Cloud, up to 0.53.0 (C([vcs.servers.NAME.bitbucketcloud])). Others stay as they are.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the repositories manager everywhere in CDS, in small letters.
        type: str
        default: bitbucketcloud
      client_id:
        description: Key of the OAuth consumer in Bitbucket (C(clientId)).
        type: str
      client_secret:
        description: Secret of the OAuth consumer (C(clientSecret)).
        type: str
      proxy_webhook:
        description: Address in place of O(hooks.url_public) in its webhooks (C(proxyWebhook)).
        type: str
      webhooks:
        description: Whether CDS may make webhooks in the repositories (the opposite of C(disableWebHooks)).
        type: bool
      push_status:
        description: Whether CDS reports the status of runs to Bitbucket's commits (the opposite of C(Status.disable)).
        type: bool
      push_run_url:
        description:
          - Whether the status leads to the run in CDS (C(Status.showDetail)).
          - The comment beside that key in the file says the opposite of what CDS does.
        type: bool
  owner:
    description: Owner of the file, the user as whom CDS runs.
    type: str
  group:
    description: Group of the file.
    type: str
  backup:
    description: Whether a copy of the old file is kept beside it, readable by its owner alone. It holds the old secrets.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.cds_service
  - module: repobridge.bitbucket.cds_consumer
"""

EXAMPLES = r"""
- name: Bitbucket Cloud in the configuration of CDS 0.53
  repobridge.bitbucket.cds_config:
    path: "{{ cds_config_file }}"
    engine: "{{ cds_engine }}"
    vcs:
      name: cds-vcs
      url: "{{ cds_vcs_url }}"
      api_url: "{{ cds_api_url }}"
      api_token: "{{ cds_vcs_token }}"
    hooks:
      name: cds-hooks
      url: "{{ cds_hooks_url }}"
      url_public: https://cds.example.com/cdshooks
      api_url: "{{ cds_api_url }}"
      api_token: "{{ cds_hooks_token }}"
    servers:
      - name: bitbucketcloud
        client_id: "{{ bitbucket_client_id }}"
        client_secret: "{{ bitbucket_client_secret }}"
        push_run_url: true
    backup: true
  register: cds_configuration

- name: Take it out
  repobridge.bitbucket.cds_config:
    path: "{{ cds_config_file }}"
    engine: "{{ cds_engine }}"
    servers:
      - name: bitbucketcloud
    state: absent
"""

RETURN = r"""
restart:
  description: Services whose settings have changed, or in check mode would.
  returned: success
  type: list
  elements: str
  sample: [vcs]
backup_file:
  description: Path of the copy of the old file. Null if none was made.
  returned: success
  type: str
resource:
  description: The settings in the file that this module can manage, by its own names, with secrets hidden. Empty if there is no file.
  returned: success
  type: dict
  contains:
    id:
      description: Path of the file; in check mode C(pending:cds_config:) and the path, if it would be made.
      type: str
      returned: when there is a file or would be one
    vcs:
      description: Settings of C([vcs]).
      type: dict
      returned: when the file has the section
    hooks:
      description: Settings of C([hooks]).
      type: dict
      returned: when the file has the section
    servers:
      description: Repositories managers of Bitbucket Cloud by their names.
      type: dict
      returned: when there is a file
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: servers.bitbucketcloud.push_run_url
      expected: true
      actual: false
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: cds_config
      name: /etc/cds/config.toml
      call: write
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.config import Config
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(Config)


if __name__ == "__main__":
    main()
