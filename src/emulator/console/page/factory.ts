/**
 * The factory as a tree: organisations, sites, areas, lines, machines, devices and their streams.
 *
 * @module
 */
import type { Row } from "./cloud.ts";

/** The kinds of nodes in the tree. */
export type NodeKind = "org" | "site" | "area" | "line" | "machine" | "device" | "stream";

/** A node of the tree. */
export interface FactoryNode {
  readonly kind: NodeKind;
  readonly slug: string;
  readonly name: string;
  readonly row: Row;
  readonly children: FactoryNode[];
}

/** The lists that a tree is made of. */
type FactoryRows = Readonly<Record<NodeKind, readonly Row[]>>;

/** The parents that a row may have, the closest first. The row is shown below the first one that is known. */
const ABOVE: Readonly<Record<NodeKind, readonly string[]>> = {
  org: [],
  site: ["org"],
  area: ["site", "org"],
  line: ["area", "site", "org"],
  machine: ["line", "area", "site", "parent", "org"],
  device: ["machine", "parent", "org"],
  stream: ["device", "machine", "parent", "org"],
};

const KINDS: readonly NodeKind[] = ["org", "site", "area", "line", "machine", "device", "stream"];

/** Lists without rows, to be filled. */
export function noRows(): Record<NodeKind, readonly Row[]> {
  return { org: [], site: [], area: [], line: [], machine: [], device: [], stream: [] };
}

/**
 * Put rows into a tree.
 *
 * A row whose parent is missing is placed at the top, so that nothing is lost.
 *
 * @param rows the lists, one for each resource
 * @returns the topmost nodes, in order of their names
 */
export function factoryTree(rows: FactoryRows): FactoryNode[] {
  const nodes = new Map<string, FactoryNode>();
  for (const kind of KINDS) {
    for (const row of rows[kind]) {
      const slug = String(row.slug);
      nodes.set(slug, { kind, slug, name: nameOf(kind, row), row, children: [] });
    }
  }
  const top: FactoryNode[] = [];
  for (const node of nodes.values()) {
    const place = ABOVE[node.kind].map((key) => nodes.get(String(node.row[key])))
      .find((above) => above !== undefined && above !== node);
    (place?.children ?? top).push(node);
  }
  for (const node of nodes.values()) node.children.sort(byName);
  return top.sort(byName);
}

function nameOf(kind: NodeKind, row: Row): string {
  const candidates = kind === "stream"
    ? [row.data_label, row.var_name, row.variable]
    : [row.name, row.label, row.slug];
  return String(candidates.find((name) => typeof name === "string" && name !== "") ?? row.slug);
}

const order = new Intl.Collator("en", { numeric: true });

/** A variable or a slug: groups of four hexadecimal digits, with or without a prefix. */
const HEXADECIMAL = /^(?:[a-z]{1,2}--)?[\da-f]{4}(?:-{1,2}[\da-f]{4})*$/i;

/** Compares names in natural order: numbers by size, and ids as hexadecimal numbers. */
function byText(a: string, b: string): number {
  if (!HEXADECIMAL.test(a) || !HEXADECIMAL.test(b)) return order.compare(a, b);
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  return x < y ? -1 : x > y ? 1 : 0;
}

function byName(a: FactoryNode, b: FactoryNode): number {
  const kinds = KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind);
  return kinds || byText(a.name, b.name) || byText(a.slug, b.slug);
}

/**
 * The part of a tree that matches a search: nodes whose name or slug contains the text, with their parents and
 * children.
 *
 * @param nodes the topmost nodes
 * @param text the text to find, ignoring case; slugs match with or without dashes
 */
export function searchTree(nodes: readonly FactoryNode[], text: string): FactoryNode[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return [...nodes];
  const bare = wanted.replaceAll("-", "");
  return nodes.flatMap((node) => {
    const { name, slug } = node;
    const isFound = name.toLowerCase().includes(wanted) || slug.toLowerCase().includes(wanted) ||
      (bare.length > 2 && slug.replaceAll("-", "").toLowerCase().includes(bare));
    if (isFound) return [node];
    const children = searchTree(node.children, text);
    return children.length > 0 ? [{ ...node, children }] : [];
  });
}
