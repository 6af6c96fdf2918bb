# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's GitLab, in three editions: REST API v4, git over HTTP, pull mirrors that fetch, pipelines that run."""

from __future__ import annotations

from .model import Job, Mirror, Namespace, Pipeline, Project, Protection, User, Variable
from .service import GitLab
from .tokens import Token

__all__ = [
    "GitLab",
    "Job",
    "Mirror",
    "Namespace",
    "Pipeline",
    "Project",
    "Protection",
    "Token",
    "User",
    "Variable",
]
