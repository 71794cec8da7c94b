/** Waits that end when they are aborted. */

/** Waits for some time. Throws what `signal` is aborted with. */
export function pause(milliseconds, signal) {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const aborted = () => (clearTimeout(timer), reject(signal.reason));
    const timer = setTimeout(() => (signal.removeEventListener("abort", aborted), resolve()), milliseconds);
    signal.addEventListener("abort", aborted, { once: true });
  });
}

/** Waits until somebody can see the page. Throws what `signal` is aborted with. */
export async function visible(signal) {
  while (document.hidden) {
    await new Promise((resolve, reject) => {
      const aborted = () => reject(signal.reason);
      signal.addEventListener("abort", aborted, { once: true });
      const seen = () => (signal.removeEventListener("abort", aborted), resolve());
      document.addEventListener("visibilitychange", seen, { once: true, signal });
    });
  }
  signal.throwIfAborted();
}
