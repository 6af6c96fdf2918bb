# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options every module has for speaking to its service."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  timeout:
    description:
      - Seconds within which the answer to one call must be complete; more than 0 and at most 86400.
      - The environment variable E(REPOBRIDGE_TIMEOUT) is used if it is not set.
    type: float
    default: 30.0
  max_retries:
    description:
      - How often a call is repeated that failed for a reason of the moment (lost connection, 429, 502, 503, 504).
      - What the service refused for the moment (429, or 503 with a time to come back) was not applied, and is repeated whatever it
        is. A call that creates something is never repeated blindly otherwise. When its answer is lost, the module reads first
        what it did.
      - A redirect is never followed by a call that changes something, and by a read only within the same scheme, host and port.
      - The environment variable E(REPOBRIDGE_MAX_RETRIES) is used if it is not set.
    type: int
    default: 4
  validate_certs:
    description: Whether the service's TLS certificate is verified. Never turn this off where a real credential is sent; use O(ca_path).
    type: bool
    default: true
  ca_path:
    description:
      - File with the certificates of the authorities to trust, in PEM format, in place of the system's. It must exist.
      - Only O(validate_certs=false) turns the verification off; an empty path counts as not set.
      - The environment variable E(REPOBRIDGE_CA_PATH) is used if it is not set.
    type: path
"""

    WAIT = r"""
options:
  wait_timeout:
    description:
      - Seconds to wait for the service to finish what it does in the background. After that the task fails, nothing is lost,
        and the next run goes on waiting.
      - The environment variable E(REPOBRIDGE_WAIT_TIMEOUT) is used if it is not set.
    type: float
    default: 1200.0
  poll_interval:
    description:
      - Seconds between the first two looks at what the service does in the background. The pauses grow up to ten times that.
      - The environment variable E(REPOBRIDGE_POLL_INTERVAL) is used if it is not set.
    type: float
    default: 2.0
"""

    STATE = r"""
options:
  state:
    description:
      - V(present) makes it if it is missing and mends what differs.
      - V(absent) takes it away. What is gone already, or waits for its deletion, is fine.
    type: str
    choices: [present, absent]
    default: present
  create:
    description:
      - Whether a missing one is made. With V(false) it must exist already, and the task fails if it does not.
      - For using what somebody else owns; leave out the options that describe it, and nothing of it is changed.
    type: bool
    default: true
"""
