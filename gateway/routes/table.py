"""Every route there is, with what it asks of its caller."""

from __future__ import annotations

from gateway.routes import assets, content, executions, health, providers, skills, system
from gateway.routing import Endpoint

API = "/api/v1"
RUN = f"{API}/assets/{{id}}/skills/{{skill}}/run"
ORIGINAL = f"{API}/assets/{{id}}/content"
DERIVATIVE = f"{API}/assets/{{id}}/derivatives/{{kind}}/content"
PROVIDERS = f"{API}/system/ai/providers"

# The first match wins: a fixed path stands before the pattern that would take it.
TABLE: tuple[Endpoint, ...] = (
    Endpoint("GET", f"{API}/assets/skills", skills.list_skills, "assets.read"),
    Endpoint("GET", f"{API}/assets/{{id}}", assets.get, "assets.read"),
    Endpoint("PATCH", f"{API}/assets/{{id}}", assets.patch, "assets.update"),
    Endpoint("DELETE", f"{API}/assets/{{id}}", assets.delete, "assets.delete"),
    Endpoint("GET", f"{API}/assets", assets.list_assets, "assets.read"),
    Endpoint("POST", f"{API}/assets", assets.upload, "assets.create"),
    Endpoint("GET", "/content/{key:path}", content.public, None),
    Endpoint("GET", ORIGINAL, assets.original, "assets.read"),
    Endpoint("GET", DERIVATIVE, assets.derivative, "assets.read"),
    Endpoint("POST", RUN, skills.run, "assets.update"),
    Endpoint("GET", f"{API}/assets/{{id}}/executions", executions.of_asset, "assets.read"),
    Endpoint("GET", f"{API}/executions", executions.list_executions, "assets.read"),
    Endpoint("GET", f"{API}/executions/{{id}}", executions.get, "assets.read"),
    Endpoint("GET", f"{API}/executions/{{id}}/events", executions.watch, "assets.read"),
    Endpoint("POST", f"{API}/executions/{{id}}/cancel", executions.cancel, "assets.update"),
    Endpoint("GET", f"{API}/system/ping", system.ping, None),
    Endpoint("GET", f"{API}/system/bootstrap", system.bootstrap, None),
    Endpoint("GET", PROVIDERS, providers.list_profiles, "aiProviders.read"),
    Endpoint("POST", PROVIDERS, providers.create, "aiProviders.create"),
    Endpoint("GET", f"{PROVIDERS}/active", providers.active, "aiProviders.read"),
    Endpoint("POST", f"{PROVIDERS}/test", providers.try_out, "aiProviders.update"),
    Endpoint("PATCH", f"{PROVIDERS}/{{id}}", providers.patch, "aiProviders.update"),
    Endpoint("DELETE", f"{PROVIDERS}/{{id}}", providers.delete, "aiProviders.delete"),
    Endpoint("GET", "/health/live", health.live, None),
    Endpoint("GET", "/health/ready", health.ready, None),
)
