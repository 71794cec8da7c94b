/** Files that people give to a page: dropped, pasted or chosen. */

/** Whether something that is dragged over a page has files. */
export function hasFiles(event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/** All files that were dropped, also those in folders, whose own names are left out. */
export async function droppedFiles(dataTransfer) {
  // What was dropped can be asked for now only, not after a wait.
  const entries = [...dataTransfer.items].filter((item) => item.kind === "file").map((item) => [
    item.webkitGetAsEntry?.() ?? null,
    item.getAsFile(),
  ]);
  const found = [];
  for (const [entry, file] of entries) {
    if (entry?.isDirectory) found.push(...(await filesBelow(entry)));
    else if (file) found.push(file);
  }
  return found;
}

/** The files of what was pasted. Text that is pasted too means that no picture was copied. */
export function pastedFiles(clipboardData) {
  return clipboardData.types.includes("text/plain") ? [] : [...clipboardData.files];
}

async function filesBelow(folder) {
  const found = [];
  for (const entry of await entriesOf(folder)) {
    // Systems put files of their own into folders, which nobody means.
    if (entry.name.startsWith(".") || entry.name === "Thumbs.db") continue;
    if (entry.isDirectory) found.push(...(await filesBelow(entry)));
    else found.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
  }
  return found;
}

/** A reader gives a hundred at a time, and an empty list at the end. */
async function entriesOf(folder) {
  const reader = folder.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    found.push(...some);
  }
}
