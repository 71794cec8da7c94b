/** Elements and texts. There is no other way to make some: a text is never read as HTML. */

const SVG = "http://www.w3.org/2000/svg";
const ADDRESSES = new Set(["href", "src", "srcset", "action"]);
const PROTOCOLS = new Set(["http:", "https:", "blob:"]);

/**
 * An element. Of its attributes a function is what listens to the event that "on…" names, true and
 * false say whether it is there, and what begins with "." is set as a property. Children are nodes,
 * texts and lists of them; null, undefined and false are left out.
 */
export function h(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** An element of a drawing. */
export function svg(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

/** Puts these in place of all that an element has. */
export function fill(element, ...children) {
  element.replaceChildren(...nodes(children));
}

/** Gives an element these attributes too. */
export function change(element, attributes) {
  for (const [key, value] of Object.entries(attributes)) set(element, key, value);
}

function filled(element, attributes, children) {
  change(element, attributes);
  element.append(...nodes(children));
  return element;
}

function set(element, key, value) {
  if (key.startsWith(".")) element[key.slice(1)] = value;
  else if (value === null || value === undefined || value === false) element.removeAttribute(key);
  else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
  else if (ADDRESSES.has(key) && !isAddress(value)) throw new TypeError(`no address: ${value}`);
  else element.setAttribute(key, value === true ? "" : value);
}

function nodes(children) {
  return children.flat(Infinity).filter((each) => each !== null && each !== undefined && each !== false);
}

/** Whether it leads to a page or a picture, and not to a script. */
function isAddress(value) {
  return PROTOCOLS.has(URL.parse(value, location.href)?.protocol);
}
