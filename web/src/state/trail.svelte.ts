/**
 * The picture in hand's lineage: what it was made from and what was made from it, as a tree.
 *
 * When an earlier picture has been replaced by another, what was made from it is stale; making it anew sends the same requests, with the
 * new picture in the old one's place, one generation after another.
 */

import { getFamily, getStory } from "../api/pictures";
import type { Family, Job, Request } from "../api/types";
import type { Storage } from "./storage";

export interface Node {
  id: string;
  /** Generations from the first picture. */
  depth: number;
  /** Line of the tree, from the top. */
  row: number;
  parent: string | undefined;
  isKnown: boolean;
  isStale: boolean;
}

/** Ask for a picture anew; answers with the job once it has ended. */
export type Remake = (request: Request) => Promise<Job>;

const KEY = "replaced";

export class Trail {
  family = $state.raw<Family>({ edges: [], known: [] });
  /** Which picture took the place of which. */
  replaced = $state.raw<Readonly<Record<string, string>>>({});
  nodes = $derived(layOut(this.family, this.replaced));
  stale = $derived(this.nodes.filter((node) => node.isStale));
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
    const kept = storage.read(KEY);
    if (kept && typeof kept === "object") this.replaced = kept as Record<string, string>;
  }

  /** Read the family of a picture. */
  async load(id: string): Promise<void> {
    const family = await getFamily(id);
    this.family = family.edges.length ? family : { edges: [], known: [id] };
  }

  /** Let a picture take the place of an earlier one: what follows that one is stale now. */
  replace(old: string, by: string): void {
    if (old === by) return;
    this.#keep({ ...this.replaced, [old]: by });
  }

  /** Make what is stale anew, parents before children; answers with how many were made. */
  async remake(run: Remake): Promise<number> {
    const generations = [...this.stale].sort((a, b) => a.depth - b.depth);
    let made = 0;
    for (const node of generations) {
      const story = await getStory(node.id);
      if (!story.request) continue;
      const job = await run(substitute(story.request as unknown as Request, this.replaced));
      const picture = job.pictures[0];
      if (!picture) break;
      this.replace(node.id, picture.id);
      made += 1;
    }
    return made;
  }

  #keep(replaced: Record<string, string>): void {
    this.replaced = replaced;
    this.#storage.write(KEY, replaced);
  }
}

/** A request in which pictures that were replaced give way to those that took their places. */
export function substitute(request: Request, replaced: Readonly<Record<string, string>>): Request {
  const swap = (value: unknown): unknown => {
    const id = (value as { id?: unknown } | null)?.id;
    return typeof id === "string" ? { id: latest(id, replaced) } : value;
  };
  return Object.fromEntries(Object.entries(request).map(([name, value]) => [name, swap(value)])) as Request;
}

/** The picture that stands in a picture's place now. */
export function latest(id: string, replaced: Readonly<Record<string, string>>): string {
  const seen = new Set<string>();
  for (let next = replaced[id]; next !== undefined && !seen.has(id); next = replaced[id]) {
    seen.add(id);
    id = next;
  }
  return id;
}

/** Place every picture of a family: depth by generation, a row for each branch. */
export function layOut(family: Family, replaced: Readonly<Record<string, string>>): Node[] {
  const parents = parentsOf(family);
  const children = childrenOf(parents);
  const known = new Set(family.known);
  const nodes = new Map<string, Node>();
  let rows = 0;
  const place = (id: string, depth: number, row: number, isStale: boolean): void => {
    if (nodes.has(id)) return;
    nodes.set(id, { id, depth, row, parent: parents.get(id), isKnown: known.has(id), isStale });
    const follows = isStale || id in replaced;
    (children.get(id) ?? []).forEach((child, index) => {
      place(child, depth + 1, index === 0 ? row : ++rows, follows && !(child in replaced));
    });
  };
  for (const id of new Set([...parents.values(), ...family.edges.map((edge) => edge.parent), ...family.known])) {
    if (!parents.has(id)) place(id, 0, nodes.size === 0 ? 0 : ++rows, false);
  }
  return [...nodes.values()];
}

/** The picture that each was made from: the one painted over, before masks and sketches. */
function parentsOf(family: Family): Map<string, string> {
  const parents = new Map<string, string>();
  for (const edge of family.edges) {
    if (edge.role === "image" || !parents.has(edge.child)) parents.set(edge.child, edge.parent);
  }
  return parents;
}

function childrenOf(parents: ReadonlyMap<string, string>): Map<string, string[]> {
  const children = new Map<string, string[]>();
  for (const [child, parent] of parents) children.set(parent, [...(children.get(parent) ?? []), child]);
  return children;
}
