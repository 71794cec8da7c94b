/** The files of folders that are dropped. */

/** All files of a folder and of those in it, but not what systems put there by themselves. */
export async function filesBelow(folder) {
  const found = [];
  for (const entry of await entriesOf(folder)) {
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
