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
    name: "NekoHub",
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
  users: {},

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
    pictureTitle: (name) => `${name} – NekoHub`,
    place: (at, total, isCapped) => `${at} of ${isCapped ? "more than " : ""}${new Intl.NumberFormat("en").format(total)}`,
    previous: "Previous picture",
    next: "Next picture",
    gone: "This picture is not here",
    goneHint: "It is not public, or it has been deleted.",
    copyLink: "Copy the link",
    copied: "The link is copied",
    notCopied: (address) => `The browser did not copy the link. It is ${address}`,
    download: "Download",
    size: "Size",
    date: "Added",
    altText: "What it shows",
    files: "Files",
    original: "Original",
    wide: (pixels) => `${pixels} pixels wide`,
    kinds: { thumbnail_256: "Thumbnail", watermarked: "With a watermark", exif_stripped: "Without metadata" },
  },
};
