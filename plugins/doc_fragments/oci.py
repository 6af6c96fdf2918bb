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
      - How the caller proves who it is to OCI.
      - V(api_key) signs with a user's API key, V(security_token) with the session of C(oci session authenticate),
        V(instance_principal) as the compute instance the task runs on, V(instance_obo_user) as a user on such an instance
        (Cloud Shell), V(resource_principal) as a function, container or pipeline, V(oke_workload_identity) as a pod in OKE,
        V(token_exchange) with a token of another identity provider.
      - The environment variable E(OCI_ANSIBLE_AUTH_TYPE) is used if it is not set.
    type: str
    choices: [api_key, security_token, instance_principal, instance_obo_user, resource_principal, oke_workload_identity, token_exchange]
    default: api_key
  config_file_location:
    description:
      - OCI configuration file; C(~/.oci/config) if it exists and nothing else is said.
      - The environment variable E(OCI_CONFIG_FILE) is used if it is not set.
    type: path
  config_profile_name:
    description:
      - Profile in that file; C(DEFAULT) if nothing is said.
      - The environment variable E(OCI_CONFIG_PROFILE) is used if it is not set.
    type: str
  api_user:
    description: OCID of the user, in place of the profile's. The environment variable E(OCI_USER_ID) is used if it is not set.
    type: str
  api_user_fingerprint:
    description:
      - Fingerprint of the API key, in place of the profile's.
      - The environment variable E(OCI_USER_FINGERPRINT) is used if it is not set.
    type: str
  api_user_key_file:
    description:
      - File with the private API key in PEM format, in place of the profile's.
      - The environment variable E(OCI_USER_KEY_FILE) is used if it is not set.
    type: path
  api_user_key_pass_phrase:
    description:
      - Pass phrase of the key, if it has one.
      - The environment variable E(OCI_USER_KEY_PASS_PHRASE) is used if it is not set.
    type: str
  tenancy:
    description: OCID of the tenancy, in place of the profile's. The environment variable E(OCI_TENANCY) is used if it is not set.
    type: str
  region:
    description:
      - Region to work in, for example V(eu-frankfurt-1), in place of the profile's.
      - The environment variable E(OCI_REGION) is used if it is not set.
    type: str
  delegation_token_file:
    description:
      - File with the delegation token for O(auth_type=instance_obo_user).
      - The environment variable E(OCI_DELEGATION_TOKEN_FILE) is used if it is not set.
    type: path
  token_exchange_domain_url:
    description:
      - URL of the identity domain for O(auth_type=token_exchange).
      - The environment variable E(OCI_TOKEN_EXCHANGE_DOMAIN_URL) is used if it is not set.
    type: str
  token_exchange_client_id:
    description:
      - Client id of the domain's application for O(auth_type=token_exchange).
      - The environment variable E(OCI_TOKEN_EXCHANGE_CLIENT_ID) is used if it is not set.
    type: str
  token_exchange_client_secret:
    description:
      - Client secret of the domain's application for O(auth_type=token_exchange).
      - The environment variable E(OCI_TOKEN_EXCHANGE_CLIENT_SECRET) is used if it is not set.
    type: str
  token_exchange_subject_token:
    description:
      - The other identity provider's token (a JWT) for O(auth_type=token_exchange).
      - The environment variable E(OCI_TOKEN_EXCHANGE_SUBJECT_TOKEN) is used if it is not set.
    type: str
  endpoint:
    description:
      - Base URL in place of the region's, for all OCI services; for a private gateway or a local emulator.
      - The environment variable E(OCI_ENDPOINT) is used if it is not set.
    type: str
  endpoints:
    description: >-
      Base URLs in place of the region's for single services, by the name of the SDK's package
      (V(devops), V(identity), V(key_management), V(logging), V(ons), V(secrets), V(vault)).
    type: dict
"""

    TAGS = r"""
options:
  freeform_tags:
    description: Free-form tags. If set, they are exactly these; if not, they are left as they are.
    type: dict
  defined_tags:
    description:
      - Defined tags by namespace. If set, they are exactly these; if not, they are left as they are.
      - The namespace C(Oracle-Tags), which OCI fills by itself, is never compared.
    type: dict
"""


# ansible-test wants texts where attributes are assigned in the class.
setattr(ModuleDocFragment, "CONNECTION", connection("oci", "OCI", _Transport.WAIT, ModuleDocFragment.DOCUMENTATION))  # noqa: B010 - mypy does not know the attribute
