# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of all OCI modules."""

from __future__ import annotations

from ansible_collections.repobridge.bitbucket.plugins.doc_fragments.connections import connection
from ansible_collections.repobridge.bitbucket.plugins.doc_fragments.transport import ModuleDocFragment as _Transport


class ModuleDocFragment:
    DOCUMENTATION = r"""
requirements:
  - oci >= 2.150.0 (Python package, where the task runs; on a local connection that is the controller)
options:
  auth_type:
    description:
      - Authentication method for OCI.
      - V(api_key) uses a user's API key, V(security_token) the session of C(oci session authenticate),
        V(instance_principal) the compute instance on which the task runs, V(instance_obo_user) a user on such an
        instance (Cloud Shell), V(resource_principal) a function, container or pipeline, V(oke_workload_identity) a pod
        in OKE, V(token_exchange) a token of another identity provider.
      - If it is not set, the environment variable E(OCI_ANSIBLE_AUTH_TYPE) is used.
    type: str
    choices: [api_key, security_token, instance_principal, instance_obo_user, resource_principal, oke_workload_identity, token_exchange]
    default: api_key
  config_file_location:
    description:
      - OCI configuration file. The default is C(~/.oci/config), if it exists.
      - If it is not set, the environment variable E(OCI_CONFIG_FILE) is used.
    type: path
  config_profile_name:
    description:
      - Profile in that file. The default is C(DEFAULT).
      - If it is not set, the environment variable E(OCI_CONFIG_PROFILE) is used.
    type: str
  api_user:
    description: >-
      OCID of the user, instead of the value in the profile. If it is not set, the environment variable E(OCI_USER_ID)
      is used.
    type: str
  api_user_fingerprint:
    description:
      - Fingerprint of the API key, instead of the value in the profile.
      - If it is not set, the environment variable E(OCI_USER_FINGERPRINT) is used.
    type: str
  api_user_key_file:
    description:
      - File with the private API key in PEM format, instead of the value in the profile.
      - If it is not set, the environment variable E(OCI_USER_KEY_FILE) is used.
    type: path
  api_user_key_pass_phrase:
    description:
      - Pass phrase of the key, if it has one.
      - If it is not set, the environment variable E(OCI_USER_KEY_PASS_PHRASE) is used.
    type: str
  tenancy:
    description: >-
      OCID of the tenancy, instead of the value in the profile. If it is not set, the environment variable
      E(OCI_TENANCY) is used.
    type: str
  region:
    description:
      - Region to work in, for example V(eu-frankfurt-1), instead of the value in the profile.
      - If it is not set, the environment variable E(OCI_REGION) is used.
    type: str
  delegation_token_file:
    description:
      - File with the delegation token for O(auth_type=instance_obo_user).
      - If it is not set, the environment variable E(OCI_DELEGATION_TOKEN_FILE) is used.
    type: path
  token_exchange_domain_url:
    description:
      - URL of the identity domain for O(auth_type=token_exchange).
      - If it is not set, the environment variable E(OCI_TOKEN_EXCHANGE_DOMAIN_URL) is used.
    type: str
  token_exchange_client_id:
    description:
      - Client id of the domain's application for O(auth_type=token_exchange).
      - If it is not set, the environment variable E(OCI_TOKEN_EXCHANGE_CLIENT_ID) is used.
    type: str
  token_exchange_client_secret:
    description:
      - Client secret of the domain's application for O(auth_type=token_exchange).
      - If it is not set, the environment variable E(OCI_TOKEN_EXCHANGE_CLIENT_SECRET) is used.
    type: str
  token_exchange_subject_token:
    description:
      - The other identity provider's token (a JWT) for O(auth_type=token_exchange).
      - If it is not set, the environment variable E(OCI_TOKEN_EXCHANGE_SUBJECT_TOKEN) is used.
    type: str
  endpoint:
    description:
      - Base URL for all OCI services instead of the endpoints of the region, for a private gateway or a local emulator.
      - If it is not set, the environment variable E(OCI_ENDPOINT) is used.
    type: str
  endpoints:
    description: >-
      Base URLs of individual services instead of the endpoints of the region, by the name of the SDK's package
      (V(devops), V(identity), V(key_management), V(logging), V(ons), V(secrets), V(vault)).
    type: dict
"""

    TAGS = r"""
options:
  freeform_tags:
    description:
      - Free-form tags. If set, they replace all free-form tags; otherwise tags are not changed.
      - The tag C(repobridge) with the value C(managed), which marks what this collection has created, is kept.
    type: dict
  defined_tags:
    description:
      - Defined tags by namespace. If set, they replace all defined tags; otherwise tags are not changed.
      - The namespace C(Oracle-Tags), which OCI manages itself, is never compared.
    type: dict
"""


# ansible-test wants texts where attributes are assigned in the class.
setattr(ModuleDocFragment, "CONNECTION", connection("oci", "OCI", _Transport.WAIT, ModuleDocFragment.DOCUMENTATION))  # noqa: B010 - mypy does not know the attribute
