/** Moving items of a list with a pointer: a mouse, a pen or a finger. */

const EDGE = 48;
const SCROLL = 12;

/**
 * Has the items of `list` be dragged by what is `.grip` in them. `mark` is an element that shows where
 * the item would come to; `onDrop` is called with the item's place and the new one.
 */
export function draggable(list, mark, onDrop, signal) {
  list.addEventListener(
    "pointerdown",
    (event) => {
      const grip = event.target.closest(".grip");
      if (!grip || event.button !== 0) return;
      event.preventDefault();
      new Drag(list, mark, grip, event).follow(onDrop);
    },
    { signal },
  );
}

/** One item on its way. */
class Drag {
  #ended = new AbortController();

  constructor(list, mark, grip, event) {
    this.list = list;
    this.mark = mark;
    this.grip = grip;
    this.item = grip.closest("li");
    this.from = [...list.children].indexOf(this.item);
    this.to = this.from;
    this.start = event.pageY;
    grip.setPointerCapture(event.pointerId);
  }

  follow(onDrop) {
    const { signal } = this.#ended;
    this.item.classList.add("dragged");
    this.grip.addEventListener("pointermove", (event) => this.#moved(event), { signal });
    this.grip.addEventListener("pointerup", () => this.#end(onDrop), { signal });
    this.grip.addEventListener("lostpointercapture", () => this.#end(() => {}), { signal });
    window.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        this.#end(() => {});
      },
      { signal },
    );
  }

  #moved({ pageY, clientY }) {
    if (clientY < EDGE) window.scrollBy(0, -SCROLL);
    if (clientY > innerHeight - EDGE) window.scrollBy(0, SCROLL);
    this.item.style.setProperty("--moved", `${pageY - this.start}px`);
    const others = [...this.list.children].filter((each) => each !== this.item);
    const middle = (each) => each.getBoundingClientRect().top + each.offsetHeight / 2;
    this.to = others.filter((each) => middle(each) < clientY).length;
    const before = others[this.to - 1];
    const top = before ? before.offsetTop + before.offsetHeight : (others[0]?.offsetTop ?? 0);
    this.mark.style.setProperty("--top", `${top}px`);
    this.mark.hidden = this.to === this.from;
  }

  #end(onDrop) {
    this.#ended.abort();
    this.item.classList.remove("dragged");
    this.item.style.removeProperty("--moved");
    this.mark.hidden = true;
    if (this.to !== this.from) onDrop(this.from, this.to);
  }
}
