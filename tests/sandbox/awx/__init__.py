# SPDX-License-Identifier: GPL-3.0-or-later
"""A small part of AWX's API: what ``playbooks/awx.yml`` defines there, with the refusals of the real one (24.6.1).

It is no service of the sandbox that the collection's modules call: only the playbook does, with the modules of awx.awx.
"""

from .service import Awx

__all__ = ["Awx"]
