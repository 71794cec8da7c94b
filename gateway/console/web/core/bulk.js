/** One thing after another, a few at a time. */

const AT_ONCE = 4;

/**
 * Does `work` for each item and gives `{done: [{item, result}], failed: [{item, error}], left}`.
 * `onProgress` is told how many are over. `left` has not begun when `signal` was aborted.
 */
export async function inTurn(items, work, { onProgress = () => {}, signal } = {}) {
  const waiting = [...items];
  const done = [];
  const failed = [];
  const goOn = async () => {
    while (waiting.length && !signal?.aborted) {
      const item = waiting.shift();
      try {
        done.push({ item, result: await work(item) });
      } catch (error) {
        if (error.name === "AbortError") return;
        failed.push({ item, error });
      }
      onProgress(done.length + failed.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, goOn));
  return { done, failed, left: waiting };
}
