/** Keys that are pressed on a page, and not in something that takes them. */

const TYPED_INTO = "input:not([type=checkbox]), textarea, select, [contenteditable]";
const ABOVE = "dialog[open], [popover]:popover-open";

/** The key that was pressed, "mod a" with Ctrl or ⌘; "" if it is for a text field, a dialog or the browser. */
export function keyOf(event) {
  const isElsewhere = event.target.closest?.(TYPED_INTO) || document.querySelector(ABOVE);
  if (isElsewhere || event.defaultPrevented || event.altKey) return "";
  return event.ctrlKey || event.metaKey ? `mod ${event.key.toLowerCase()}` : event.key;
}
