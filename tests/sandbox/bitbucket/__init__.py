# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's Bitbucket Cloud: REST API 2.0, OAuth 2, git over HTTPS, webhooks, and the errors of the real
service."""

from __future__ import annotations

from ..delivery import Attempt, Delivery
from .credentials import Credential, OAuthConsumer
from .model import BuildStatus, Project, Repository, User, Webhook, Workspace
from .service import Bitbucket

__all__ = [
    "Attempt",
    "Bitbucket",
    "BuildStatus",
    "Credential",
    "Delivery",
    "OAuthConsumer",
    "Project",
    "Repository",
    "User",
    "Webhook",
    "Workspace",
]
