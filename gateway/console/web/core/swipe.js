/** Swiping with a finger. */

const LEAST = 48;
const MOST_MS = 800;

/**
 * Calls `turn` with 1 when a finger goes to the left over an element, as pages are turned, and with -1
 * when it goes to the right. The element's `touch-action` must be "pan-y pinch-zoom".
 */
export function onSwipe(element, turn, signal) {
  let begun = null;
  const ended = ({ clientX, clientY, timeStamp }) => {
    if (begun === null) return;
    const across = clientX - begun.clientX;
    const isQuick = timeStamp - begun.timeStamp < MOST_MS;
    const isLevel = Math.abs(across) > 2 * Math.abs(clientY - begun.clientY);
    begun = null;
    if (isQuick && isLevel && Math.abs(across) > LEAST) turn(across < 0 ? 1 : -1);
  };
  element.addEventListener("pointerdown", (event) => (begun = isSwipe(event) ? event : null), { signal });
  element.addEventListener("pointerup", ended, { signal });
  element.addEventListener("pointercancel", () => (begun = null), { signal });
}

/** Who has zoomed in moves what is seen. */
function isSwipe({ isPrimary, pointerType }) {
  return isPrimary && pointerType === "touch" && visualViewport.scale === 1;
}
