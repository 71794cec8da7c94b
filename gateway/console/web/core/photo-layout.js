/** Where the pictures of a grid lie: numbers alone, so that ten thousand take a few milliseconds. */

const GAP = { cards: 1, rows: 0.375 };
const CARD = 13.5;
const CAPTION = 4.5;
/** Thumbnails, of which some pictures have nothing larger, are not soft in it. */
const ROW = 13;
/** Of a narrow screen's width, so that two pictures stand beside each other. */
const ROW_PART = 0.42;
/** Wider and narrower pictures are cropped; they would take a row for themselves, or be a line. */
const WIDEST = 3;
const NARROWEST = 0.5;

/** Boxes by item, from the top left corner of the grid, in rows: "cards" or "rows", in so many pixels. */
export class PhotoLayout {
  height = 0;
  /** How many items it has. */
  count = 0;
  #kind;
  #width;
  #rem;
  /** Of each item: where it begins, and how wide it is. */
  #lefts = [];
  #widths = [];
  /** Of each row: the first item, and where it begins and ends. */
  #starts = [];
  #tops = [];
  #bottoms = [];

  /** One without items; `rem` is in pixels. */
  constructor(kind, width, rem) {
    this.#kind = kind;
    this.#width = width;
    this.#rem = rem;
  }

  /** Whether it would be the same with these. */
  isOf(kind, width, rem) {
    return this.#kind === kind && this.#width === width && this.#rem === rem;
  }

  /** Takes in the items that these, which have `width` and `height`, have after its own. */
  extend(items) {
    // The last row may have room.
    const first = this.#starts.length ? this.#dropRow() : 0;
    this.count = items.length;
    if (this.#kind === "cards") putCards(this, first, this.#width, this.#rem);
    else putRows(this, items, first, this.#width, this.#rem);
  }

  /** Where an item is. */
  box(index) {
    const row = lastUpTo(this.#starts, index);
    const y = this.#tops[row];
    return { x: this.#lefts[index], y, width: this.#widths[index], height: this.#bottoms[row] - y };
  }

  /** Adds a row that begins with an item, below all others. */
  beginRow(index, height, gap) {
    const top = this.#starts.length ? this.height + gap : 0;
    this.#starts.push(index);
    this.#tops.push(top);
    this.#bottoms.push(top + height);
    this.height = top + height;
  }

  /** Puts an item into the last row. */
  put(index, x, width) {
    this.#lefts[index] = x;
    this.#widths[index] = width;
  }

  /** Gives the item that the last row began with. */
  #dropRow() {
    this.#tops.pop();
    this.#bottoms.pop();
    this.height = this.#bottoms.at(-1) ?? 0;
    return this.#starts.pop();
  }

  /** The items of the rows that are seen between two heights, as `[first, afterLast]`. */
  between(top, bottom) {
    if (this.count === 0) return [0, 0];
    const first = lastUpTo(this.#bottoms, top) + 1;
    const last = lastUpTo(this.#tops, bottom);
    if (first >= this.#starts.length || last < first) return [0, 0];
    return [this.#starts[first], this.#end(last)];
  }

  /** The first item that is not wholly above a height, at most the last one. */
  at(top) {
    const row = Math.min(lastUpTo(this.#bottoms, top) + 1, this.#starts.length - 1);
    return this.#starts[row] ?? 0;
  }

  /** Which item a key leads to from another one; null for other keys. `page` is the height of the view. */
  beside(index, key, page) {
    const row = lastUpTo(this.#starts, index);
    const to = {
      ArrowLeft: () => index - 1,
      ArrowRight: () => index + 1,
      ArrowUp: () => this.#below(index, row - 1),
      ArrowDown: () => this.#below(index, row + 1),
      PageUp: () => this.#below(index, Math.min(row - 1, this.#rowAt(this.#tops[row] - page))),
      PageDown: () => this.#below(index, Math.max(row + 1, this.#rowAt(this.#tops[row] + page))),
      Home: () => 0,
      End: () => this.count - 1,
    }[key];
    return to ? Math.min(Math.max(to(), 0), this.count - 1) : null;
  }

  #rowAt(height) {
    return Math.max(lastUpTo(this.#tops, height), 0);
  }

  /** The item of a row that lies nearest to the middle of another one. */
  #below(index, row) {
    if (row < 0 || row >= this.#starts.length) return index;
    const { x, width } = this.box(index);
    let nearest = this.#starts[row];
    let least = Infinity;
    for (let each = nearest; each < this.#end(row); each++) {
      const box = this.box(each);
      const distance = Math.abs(box.x + box.width / 2 - x - width / 2);
      if (distance < least) [least, nearest] = [distance, each];
    }
    return nearest;
  }

  #end(row) {
    return this.#starts[row + 1] ?? this.count;
  }
}

function putCards(layout, first, width, rem) {
  const gap = GAP.cards * rem * (width < 40 * rem ? 0.75 : 1);
  const columns = Math.max(2, Math.round((width + gap) / (CARD * rem + gap)));
  const each = (width - gap * (columns - 1)) / columns;
  for (let index = first; index < layout.count; index++) {
    const column = index % columns;
    if (column === 0) layout.beginRow(index, each * 0.75 + CAPTION * rem, gap);
    layout.put(index, column * (each + gap), each);
  }
}

function putRows(layout, items, first, width, rem) {
  const gap = GAP.rows * rem;
  const usual = Math.min(ROW * rem, ROW_PART * width);
  while (first < items.length) {
    const { end, ratios, isFull } = nextRow(items, first, width, usual, gap);
    const filling = (width - gap * (end - first - 1)) / ratios;
    const height = isFull ? filling : Math.min(usual, filling);
    layout.beginRow(first, height, gap);
    for (let index = first, x = 0; index < end; index++) {
      const wide = ratio(items[index]) * height;
      layout.put(index, x, wide);
      x += wide + gap;
    }
    first = end;
  }
}

/** The row whose height, when it fills the width, differs least from the usual one. */
function nextRow(items, first, width, usual, gap) {
  let ratios = 0;
  for (let end = first; end < items.length; end++) {
    const more = ratios + ratio(items[end]);
    const height = (width - gap * (end - first)) / more;
    if (height <= usual) {
      const without = (width - gap * (end - first - 1)) / ratios;
      const isBetter = end > first && without / usual < usual / height;
      return isBetter ? { end, ratios, isFull: true } : { end: end + 1, ratios: more, isFull: true };
    }
    ratios = more;
  }
  return { end: items.length, ratios, isFull: false };
}

function ratio({ width, height }) {
  return Math.min(Math.max(width / height || 1, NARROWEST), WIDEST);
}

/** Of numbers that grow, the place of the last one that is not above `value`; -1 if all are. */
function lastUpTo(numbers, value) {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
