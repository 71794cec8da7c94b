/** Who may see pictures: everybody, or who has signed in. A place is not told without asking. */

import { texts } from "../texts.js";
import { api } from "./api.js";
import { carryOut, NOTHING, tellDone } from "./carrying-out.js";
import { open } from "./dialog.js";
import { h } from "./dom.js";
import { toast } from "./toast.js";

const NAMED = 5;
const words = texts.assets;

/** Makes pictures public or private, after the questions that this takes; gives what `carryOut` gives. */
export async function changePublic(items, isPublic) {
  const concerned = items.filter((item) => item.isPublic !== isPublic);
  if (concerned.length === 0) toast(isPublic ? words.alreadyPublic : words.alreadyPrivate);
  const chosen = isPublic ? await chosenOf(concerned) : concerned;
  return chosen.length ? publishAll(chosen, isPublic) : NOTHING;
}

/** Makes all of these public or private, without a question. */
export async function publishAll(items, isPublic) {
  const over = await carryOut(isPublic ? words.publishing : words.hiding, items, (item) =>
    api.patch(`/assets/${item.id}`, { body: { isPublic } }),
  );
  tellDone(isPublic ? words.published : words.hidden, over);
  return over;
}

/** Asks whether pictures shall be public that tell where they were taken. */
export async function publishLocated(located) {
  const actions = [[words.publishAnyway, true, "danger"]];
  return (await open({ ...question(located, located.length), actions, dismiss: words.keepPrivate })) === true;
}

/** Those that are to be public, of pictures some of which may tell where they were taken. */
async function chosenOf(items) {
  const located = items.filter((item) => item.hasLocation);
  if (located.length === 0) return items;
  const without = items.filter((item) => !item.hasLocation);
  const actions = [[words.publishAll(items.length), items, "danger"]];
  if (without.length) actions.push([words.onlyWithout(without.length), without, "main"]);
  return (await open({ ...question(located, items.length), actions })) ?? [];
}

function question(located, count) {
  const named = located.slice(0, NAMED).map((item) => h("li", { dir: "auto" }, item.originalFileName));
  const more = located.length - NAMED;
  return {
    title: words.locatedTitle(located.length),
    content: [
      h("p", {}, words.located(located.length, count)),
      h("ul", { class: "named" }, named, more > 0 && h("li", {}, words.andMore(more))),
      h("p", { class: "hint" }, words.locatedHint),
    ],
  };
}
