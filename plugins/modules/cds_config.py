#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_config
short_description: Configure the vcs and hooks services of CDS
version_added: 1.0.0
description:
  - Edits the configuration file of CDS's C(engine) in place. Only the settings of the task are compared and written.
    Comments, other sections and unknown keys are not changed. Keys are matched case-insensitively, as in the engine.
  - A missing file is created with C(engine config new), without its example servers. An existing file is never
    recreated, because this would give all services new keys.
  - The file gets the mode 0600, because it contains secrets. It is replaced atomically.
  - The result is validated before it is written, in check mode too, and also with C(engine config check). That command
    finds little and always exits with 0. The module also rejects invalid addresses, missing tokens and the vendor's
    placeholders, equal ports, names of servers with capital letters, duplicate keys, and before 0.44 different tokens.
  - A setting that the version of the engine would ignore is rejected. Servers were removed in 0.53.1, C(vcs.UI.http) in
    0.50; C(vcs.proxyWebhook) for all servers was added in 0.51.
  - O(state=absent) deletes the listed servers from the file. The file itself is never deleted.
  - CDS reads the file when it starts. RV(restart) lists the services that must be restarted. Environment variables that
    begin with C(CDS_) override the file, and the module does not read them.
  - Run the task on the host of CDS, with permission to read and write the file.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes.on_the_host
  - repobridge.bitbucket.transport.state
requirements:
  - tomlkit >= 0.12 (Python package, on the host)
options:
  path:
    description: Path of the file, which identifies it.
    type: path
    required: true
  engine:
    description: Name or path of the C(engine) program.
    type: str
    default: engine
  version:
    description: >-
      Version of CDS that reads the file, for example V(0.53.0). If it is not set, the module runs the program to read
      it.
    type: str
  new_services:
    description:
      - Services in a new file.
      - With V(api) the file contains valid tokens for its services. Without it each service needs O(vcs.api_token) and
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
        description: >-
          Name of the service (C(name)). Required for the service to start. From 0.44 on it must be the name in its
          token's consumer.
        type: str
      url:
        description: Address at which the API reaches the service (C(URL)).
        type: str
      address:
        description: Address to listen on (C(http.addr)).
        type: str
      port:
        description: Port to listen on (C(http.port)).
        type: int
      api_url:
        description: Address at which the service reaches the API (C(api.http.url)).
        type: str
      api_token:
        description:
          - Token of the service for the API (C(api.token)). Before 0.44 a token of the group C(shared.infra), the same
            for both services; from 0.44 on each service has its own consumer (M(repobridge.bitbucket.cds_consumer)).
        type: str
      redis_host:
        description: Address of Redis (C(cache.redis.host)).
        type: str
      redis_password:
        description: Password of Redis (C(cache.redis.password)).
        type: str
      ui_url:
        description: >-
          Address of the UI to which Bitbucket redirects browsers after access was granted (C(UI.http.url)), before
          0.50.
        type: str
      proxy_webhook:
        description: >-
          Address used instead of O(hooks.url_public) in the webhooks of all servers (C(proxyWebhook)), from 0.51 on.
        type: str
  hooks:
    description: Settings of C([hooks]).
    type: dict
    suboptions:
      name:
        description: >-
          Name of the service (C(name)). Required for the service to start. From 0.44 on it must be the name in its
          token's consumer.
        type: str
      url:
        description: Address at which the API reaches the service (C(URL)).
        type: str
      address:
        description: Address to listen on (C(http.addr)).
        type: str
      port:
        description: Port to listen on (C(http.port)).
        type: int
      api_url:
        description: Address at which the service reaches the API (C(api.http.url)).
        type: str
      api_token:
        description:
          - Token of the service for the API (C(api.token)). Before 0.44 a token of the group C(shared.infra), the same
            for both services; from 0.44 on each service has its own consumer (M(repobridge.bitbucket.cds_consumer)).
        type: str
      redis_host:
        description: Address of Redis (C(cache.redis.host)).
        type: str
      redis_password:
        description: Password of Redis (C(cache.redis.password)).
        type: str
      url_public:
        description: >-
          Address at which Bitbucket reaches the service (C(urlPublic)); the addresses of webhooks begin with it.
        type: str
      enabled:
        description: Whether hooks start runs (the opposite of C(disable)).
        type: bool
      retries:
        description: Number of retries of a failed hook (C(retryError)).
        type: int
      retry_delay:
        description: Seconds between two retries (C(retryDelay)).
        type: int
  servers:
    description: >-
      Repositories managers of Bitbucket Cloud, up to 0.53.0 (C([vcs.servers.NAME.bitbucketcloud])). Others are not
      changed.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the repositories manager in CDS, in lower case.
        type: str
        default: bitbucketcloud
      client_id:
        description: Key of the OAuth consumer in Bitbucket (C(clientId)).
        type: str
      client_secret:
        description: Secret of the OAuth consumer (C(clientSecret)).
        type: str
      proxy_webhook:
        description: Address used instead of O(hooks.url_public) in its webhooks (C(proxyWebhook)).
        type: str
      webhooks:
        description: Whether CDS may create webhooks in the repositories (the opposite of C(disableWebHooks)).
        type: bool
      push_status:
        description: >-
          Whether CDS reports the status of runs to the commits in Bitbucket (the opposite of C(Status.disable)).
        type: bool
      push_run_url:
        description:
          - Whether the status links to the run in CDS (C(Status.showDetail)).
          - The comment at that key in the file describes the opposite of what CDS does.
        type: bool
  owner:
    description: Owner of the file, which is the user of the CDS process.
    type: str
  group:
    description: Group of the file.
    type: str
  backup:
    description: >-
      Whether to keep a copy of the old file in the same folder, readable only by its owner. It contains the old
      secrets.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.cds_service
  - module: repobridge.bitbucket.cds_consumer
"""

EXAMPLES = r"""
- name: Configure Bitbucket Cloud in CDS 0.53
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

- name: Delete the server from the configuration
  repobridge.bitbucket.cds_config:
    path: "{{ cds_config_file }}"
    engine: "{{ cds_engine }}"
    servers:
      - name: bitbucketcloud
    state: absent
"""

RETURN = r"""
restart:
  description: Services whose settings changed, or would change in check mode.
  returned: success
  type: list
  elements: str
  sample: [vcs]
backup_file:
  description: Path of the copy of the old file. Null if none was created.
  returned: success
  type: str
resource:
  description: >-
    The settings in the file that this module can manage, by its own names, with secrets hidden. Empty if the file does
    not exist.
  returned: success
  type: dict
  contains:
    id:
      description: Path of the file; in check mode C(pending:cds_config:) and the path, if it would be created.
      type: str
      returned: when the file exists or would be created
    vcs:
      description: Settings of C([vcs]).
      type: dict
      returned: when the file has the section
    hooks:
      description: Settings of C([hooks]).
      type: dict
      returned: when the file has the section
    servers:
      description: Repositories managers of Bitbucket Cloud by name.
      type: dict
      returned: when the file exists
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: servers.bitbucketcloud.push_run_url
      expected: true
      actual: false
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: cds_config
      name: /etc/cds/config.toml
      call: write
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.config import Config
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(Config)


if __name__ == "__main__":
    main()
