/** Locks of our own: there are none on pages that come by plain HTTP from another machine. */

const HELD_MS = 15_000;
const LOOK_MS = 50;

/** Runs `work` while no other tab holds the lock of this name. */
export async function taking(name, work) {
  const mine = `${Date.now()} ${Math.random()}`;
  await taken(name, mine);
  try {
    return await work();
  } finally {
    if (localStorage.getItem(name) === mine) localStorage.removeItem(name);
  }
}

async function taken(name, mine) {
  for (;;) {
    const since = parseInt(localStorage.getItem(name), 10);
    // What is no moment of late nobody holds.
    const isFree = !(Math.abs(Date.now() - since) <= HELD_MS);
    if (isFree) localStorage.setItem(name, mine);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS * (1 + Math.random())));
    if (isFree && localStorage.getItem(name) === mine) return;
  }
}
