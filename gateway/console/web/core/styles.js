/** Style sheets of pages, which come with the first page that needs them. */

const ROOT = new URL("..", import.meta.url);
const ofPages = JSON.parse(document.documentElement.dataset.styles);
const coming = new Map();

/** Has the style sheets of a page loaded; it resolves when they count. */
export function styled(module) {
  return Promise.all(ofPages[module].map((path) => loaded(new URL(path, ROOT).href)));
}

function loaded(address) {
  if (!coming.has(address)) coming.set(address, isThere(address) ? null : added(address));
  return coming.get(address);
}

function isThere(address) {
  return [...document.styleSheets].some((sheet) => sheet.href === address);
}

function added(address) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = address;
  return new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = () => {
      coming.delete(address);
      link.remove();
      reject(new Error(address));
    };
    document.head.append(link);
  });
}
