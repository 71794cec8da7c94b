"""What one may be allowed to do."""

PERMISSIONS = tuple(
    f"{noun}.{verb}"
    for noun, verbs in {
        "assets": ("read", "create", "update", "delete"),
        "aiProviders": ("read", "create", "update", "delete"),
        "settings": ("read", "update"),
        "users": ("read", "create", "update", "disable", "managePermissions"),
    }.items()
    for verb in verbs
)
"""All of them. An API key, a superAdmin and an admin have every one."""

EVERYBODY = frozenset({"assets.read"})
"""What a user has without being granted it."""
