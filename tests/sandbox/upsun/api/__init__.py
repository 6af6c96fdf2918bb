# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints, one module for each group of them, and which host has which.

The API gateway answers with and without ``/api`` in front; a region's host only with it, and it alone takes the webhooks.
"""

from __future__ import annotations

from . import activities, authentication, environments, git, hook, integrations, projects, users

_PROJECTS = (activities.group, environments.group, git.group, integrations.group, projects.group)

AUTH = [(authentication.group, "")]
REGION = [(group, "/api") for group in (*_PROJECTS, hook.group)]
GATEWAY_LACKS = (r"\w+ (/api)?/projects/[^/]+/integrations/[^/]+/hook",)
GATEWAY = [(users.group, ""), *((group, "") for group in _PROJECTS), *((group, "/api") for group in _PROJECTS)]
