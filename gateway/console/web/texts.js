/** Every text of the console, in English. A translation is another file of this shape. */

const plural = (count, one, many) => `${new Intl.NumberFormat("en").format(count)} ${count === 1 ? one : many}`;

/** By the place where they stand; those of one thing in any number are functions. */
export const texts = {
  common: {
    add: "Add",
    cancel: "Cancel",
    close: "Close",
    delete: "Delete",
    edit: "Edit",
    loading: "Loading…",
    more: "More",
    no: "No",
    none: "None",
    retry: "Try again",
    run: "Run",
    save: "Save",
    saved: "Saved",
    search: "Search",
    yes: "Yes",
  },
  shell: {
    more: "More",
    name: "NekoHub",
    otherPlaces: "More pages",
    places: "Pages",
    signIn: "Sign in",
    signOut: "Sign out",
    signOutEverywhere: "Sign out on all devices",
    skip: "To the content",
    theme: { system: "Colours: as the system", light: "Colours: light", dark: "Colours: dark" },
    toConsole: "To the console",
  },
  titles: {
    login: "Sign in – NekoHub",
    assets: "Pictures – NekoHub",
    asset: "Picture – NekoHub",
    "ai-providers": "AI providers – NekoHub",
    workflows: "Workflows – NekoHub",
    executions: "Runs – NekoHub",
    users: "Users – NekoHub",
    settings: "Settings – NekoHub",
    gallery: "Gallery – NekoHub",
    "gallery-picture": "Picture – NekoHub",
  },
  places: {
    assets: "Pictures",
    executions: "Runs",
    workflows: "Workflows",
    "ai-providers": "AI providers",
    users: "Users",
    settings: "Settings",
    gallery: "Gallery",
  },
  roles: { superAdmin: "Super admin", admin: "Admin", user: "User" },
  errors: {
    mayNot: "This page is not for you",
    mayNotHint: (permission) => `It needs the permission ${permission}. Somebody who manages users can grant it.`,
    noPage: "There is no such page",
    noPageHint: "The address may be mistyped, or what was here has been deleted.",
    offline: "The hub cannot be reached. Check the connection, then try again.",
    offlineBar: "You are offline. What is shown may be out of date.",
    offlineTitle: "No connection",
    title: "That did not work",
    trace: "Trace id",
    unreadable: (status) => `The answer (${status}) is none of the hub's. Something between here and the hub may have sent it.`,
    upgraded: "This page could not be loaded. If the hub has just been upgraded, reload the page.",
  },
  login: {
    title: "Sign in",
    username: "Name",
    password: "Password",
    submit: "Sign in",
    hint: "An embedded hub has written the first password to admin-password in its data folder.",
    showPassword: "Show the password",
    toGallery: "To the public gallery",
  },

  // ---- assets ----
  assets: {},

  // ---- asset ----
  asset: {},

  // ---- grid ----
  grid: {
    pictures: "Pictures",
    select: (name) => `Select ${name}`,
    unnamed: "Picture without a name",
  },

  // ---- uploads ----
  uploads: {},

  // ---- results ----
  results: {},

  // ---- runs of skills: the form of parameters, steps ----
  parameters: {
    none: "This skill takes no parameters.",
    range: (minimum, maximum) => `${minimum} to ${maximum}`,
    least: (minimum) => `At least ${minimum}`,
    invalid: "This is no such value.",
  },
  steps: {
    queued: "Waiting",
    running: "Running",
    succeeded: "Done",
    failed: "Failed",
    cancelled: "Cancelled",
    skipped: "Skipped",
    kept: "A kept answer; nothing was used",
    tokens: (input, output) => `${plural(input + output, "token", "tokens")} (${input} in, ${output} out)`,
    attempts: (count) => `${count} attempts`,
  },

  // ---- ai-providers ----
  providers: {},

  // ---- workflows ----
  workflows: {},

  // ---- executions ----
  executions: {},

  // ---- users ----
  users: {
    all: "everything",
    areas: { assets: "Pictures", aiProviders: "AI providers", settings: "Settings", users: "Users" },
    changed: (name) => `${name} has been changed`,
    create: "New user",
    created: (name) => `${name} can sign in now`,
    disable: "Disable",
    disableHint:
      "Its sessions end, and within 30 seconds nothing that is still open works. What it has done stays. It can be enabled again.",
    disableTitle: (name) => `Disable ${name}?`,
    disabled: "Disabled",
    edit: "Rename",
    editRole: "Rename, change the role",
    enable: "Enable",
    enableHint: "It can sign in again with its password, and may do what it might before.",
    enableTitle: (name) => `Enable ${name}?`,
    everybodyMay: "Everybody who can sign in sees the pictures.",
    lastLogin: (when) => `Signed in ${when}`,
    list: "Users",
    makePassword: "Make one",
    manage: (name) => `Manage ${name}`,
    mayAll: "May do everything",
    mayNotGrant: "What you may not do yourself you cannot grant.",
    mayWith: (area, words) => `${area}: ${words}`,
    more: "More users",
    neverLoggedIn: "Has never signed in",
    newPassword: (name) => `A new password for ${name}`,
    newPasswordHint: "It has to sign in again with the new password, on all its devices.",
    noneFound: "Nobody has such a name",
    noneFoundHint: "Search for another part of the name.",
    ownPasswordHint: "You are signed out on all devices, and sign in with the new password.",
    password: "Password",
    passwordHint: "At least 8 characters. It is shown nowhere later.",
    passwordMade: "Copy it and pass it on: later nobody can look it up.",
    passwordSet: (name) => `${name} has a new password`,
    permissions: "Permissions",
    permissionsOf: (name) => `What ${name} may do`,
    resetPassword: "New password",
    role: "Role",
    roleHint: "With another role, what was granted is taken back.",
    search: "Search by name",
    set: "Set the password",
    showPassword: "Show",
    total: (count, isMore) => (isMore ? `More than ${plural(count, "user", "users")}` : plural(count, "user", "users")),
    username: "Name",
    verbs: {
      read: "see",
      create: "add",
      update: "change",
      delete: "delete",
      disable: "disable",
      managePermissions: "grant",
    },
    you: "You",
  },

  // ---- settings ----
  settings: {},

  // ---- gallery ----
  gallery: {
    title: "Gallery",
    search: "Search the gallery",
    count: (total, isCapped) => (isCapped ? `More than ${plural(total, "picture", "pictures")}` : plural(total, "picture", "pictures")),
    empty: "No public pictures yet",
    emptyHint: "Pictures that are made public in the console appear here.",
    noMatch: "No pictures match",
    noMatchHint: (query) => `Nothing public fits “${query}”. Try another word, or fewer.`,
    showAll: "Show all pictures",
  },
};
