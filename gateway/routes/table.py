"""Every route there is."""

from __future__ import annotations

from gateway.endpoint import Endpoint
from gateway.routes import (
    ai_usage,
    assets,
    auth,
    batches,
    content,
    documents,
    executions,
    health,
    metrics,
    providers,
    public_assets,
    skills,
    system,
    usage,
    users,
    workflows,
)

# The first match wins: a fixed path stands before the pattern that would take it.
TABLE: tuple[Endpoint, ...] = (
    *skills.ROUTES,
    *usage.ROUTES,
    *batches.ROUTES,
    *assets.ROUTES,
    *public_assets.ROUTES,
    *content.ROUTES,
    *executions.ROUTES,
    *system.ROUTES,
    *auth.ROUTES,
    *users.ROUTES,
    *providers.ROUTES,
    *ai_usage.ROUTES,
    *workflows.ROUTES,
    *health.ROUTES,
    *metrics.ROUTES,
    *documents.ROUTES,
)
