/** The graph of a workflow, which another editor may have written: what we know of it, and all else kept. */

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isBlank = (value) => value === undefined || value === null || (typeof value === "string" && !value.trim());

/** One node: a skill with parameters, or something that has none. Changed ones are written anew. */
export class Node {
  #written;
  #number;
  #known = [];

  constructor(written, number = 0) {
    this.#written = written;
    this.#number = number;
    const { data } = written;
    /** As it was written; what is no text names no skill. null if there is none. */
    this.skill = isBlank(data?.skillId) ? (written.type ?? null) : data.skillId;
    if (isBlank(this.skill)) this.skill = null;
    /** An object, unless somebody wrote something else. */
    this.parameters = parametersOf(data);
    /** Whether `data` is something that the hub refuses. */
    this.isBroken = !isBlank(data) && !isObject(data);
    this.isChanged = false;
  }

  /** A new one, of a skill. */
  static of(skillName, parameters = {}) {
    return new Node({ data: { skillId: skillName, parameters } });
  }

  /** Whether a run passes over it. */
  get isNote() {
    return this.skill === null && !this.isBroken;
  }

  /** What people know it by: its caption in another editor, or its id. */
  get caption() {
    const { data, id } = this.#written;
    return [data?.label, id].find((each) => typeof each === "string" && each.trim()) ?? "";
  }

  get id() {
    return this.#written.id;
  }

  /** How the hub names it in what it refuses. */
  get label() {
    const isNamed = ["string", "number", "boolean"].includes(typeof this.id) && this.id !== "";
    return isNamed ? `node ${JSON.stringify(this.id)}` : `node number ${this.#number}`;
  }

  /** Sets its parameters; `known` are the names of all that its skill takes. */
  set(parameters, known) {
    if (JSON.stringify(parameters) === JSON.stringify(this.parameters)) return;
    this.parameters = parameters;
    this.#known = known.map((name) => name.toLowerCase());
    this.isChanged = true;
  }

  /** As it is to be saved; `id` for one that has none. */
  written(id) {
    const named = isBlank(this.id) && id ? { id, ...this.#written, id } : this.#written;
    if (!this.isChanged) return named;
    const { data } = named;
    // Beside `parameters` other members mean nothing; those that were parameters would only mislead.
    const isKept = ([name]) => "parameters" in data || !this.#known.includes(name.toLowerCase());
    const kept = Object.fromEntries(Object.entries(data ?? {}).filter(isKept));
    return { ...named, data: { ...kept, skillId: this.skill, parameters: this.parameters } };
  }
}

/** A whole graph: `nodes` in their order, without `notes`, which a run passes over. */
export class Graph {
  #text;
  #before = [];

  /** Reads what was saved; "" is an empty one. */
  constructor(text = "") {
    this.#text = text;
    const found = parsed(text);
    this.rest = isObject(found) ? found : {};
    const written = Array.isArray(this.rest.nodes) ? this.rest.nodes.filter(isObject) : [];
    const nodes = written.map((each, at) => new Node(each, at + 1));
    this.nodes = nodes.filter((node) => !node.isNote);
    this.notes = nodes.filter((node) => node.isNote);
    this.#before = [...this.nodes];
  }

  /** Whether other nodes, or another order of them, are to be saved. */
  get isReordered() {
    return this.nodes.length !== this.#before.length || this.nodes.some((node, at) => node !== this.#before[at]);
  }

  /** Whether anything of it is to be saved. */
  get isChanged() {
    return this.isReordered || this.nodes.some((node) => node.isChanged);
  }

  /** The connections that another editor drew, if they are other than a line from each to the next. */
  get drawn() {
    const edges = Array.isArray(this.rest.edges) ? this.rest.edges : [];
    const isOurs = JSON.stringify(edges) === JSON.stringify(line(this.#before.map((node) => node.id)));
    return isOurs ? [] : edges;
  }

  /** As it is to be saved. What was not changed is as it was, to the letter. */
  toString() {
    if (this.#text && !this.isChanged) return this.#text;
    const used = new Set([...this.nodes, ...this.notes].map((node) => node.id));
    const nodes = this.nodes.map((node) => node.written(isBlank(node.id) ? free(used) : undefined));
    const written = [...nodes, ...this.notes.map((node) => node.written())];
    const edges = this.isReordered ? { edges: line(nodes.map((node) => node.id)) } : {};
    return JSON.stringify({ ...this.rest, nodes: written, ...edges });
  }
}

function parametersOf(data) {
  if (!isObject(data)) return {};
  if ("parameters" in data) return data.parameters ?? {};
  return Object.fromEntries(Object.entries(data).filter(([name]) => name !== "skillId"));
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** An id that no node has yet. */
function free(used) {
  let number = 1;
  while (used.has(String(number))) number += 1;
  used.add(String(number));
  return String(number);
}

function line(ids) {
  return ids.slice(1).map((target, at) => ({ source: ids[at], target }));
}
