/** One at a time, of all tabs of this browser. */

const HELD_MS = 15_000;
const LOOK_MS = 50;

/** Runs `work` while no other tab runs what has the same name. */
export async function alone(name, work) {
  // There are no locks on pages that come by plain HTTP from another machine.
  if (navigator.locks) return navigator.locks.request(name, work);
  const mine = `${Date.now()} ${Math.random()}`;
  const left = () => localStorage.getItem(name) === mine && localStorage.removeItem(name);
  window.addEventListener("pagehide", left);
  try {
    await taken(name, mine);
    return await work();
  } finally {
    left();
    window.removeEventListener("pagehide", left);
  }
}

async function taken(name, mine) {
  for (;;) {
    const holder = localStorage.getItem(name);
    const isFree = holder === null || Date.now() - parseInt(holder, 10) > HELD_MS;
    if (isFree) localStorage.setItem(name, mine);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS * (1 + Math.random())));
    if (isFree && localStorage.getItem(name) === mine) return;
  }
}
