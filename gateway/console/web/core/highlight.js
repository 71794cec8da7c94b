/** What has just changed, shown for a moment. */

/** Has an element stand out, and fade to as it was. */
export function highlight(element) {
  element.classList.remove("fresh");
  // An animation begins anew only when the element was drawn without it.
  void element.offsetWidth;
  element.classList.add("fresh");
}
