/**
 * The factory as a tree: organisations, sites, areas, lines, machines, devices and their streams.
 *
 * @module
 */
import type { Row } from "./cloud.ts";

/** What a node of the tree stands for. */
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
export type FactoryRows = Readonly<Record<NodeKind, readonly Row[]>>;

/** What stands above a row, the closest first; the first that is known gets it. */
const ABOVE: Readonly<Record<NodeKind, readonly string[]>> = {
  org: [],
  site: ["org"],
  area: ["site", "org"],
  line: ["area", "site", "org"],
  machine: ["line", "area", "site", "parent", "org"],
  device: ["machine", "parent", "org"],
  stream: ["device", "machine", "parent", "org"],
};

const KINDS = Object.keys(ABOVE) as NodeKind[];

/**
 * Put rows into a tree.
 *
 * A row whose place is not among the rows stands at the top, so that nothing is lost.
 *
 * @param rows the lists, a list a resource
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

function byName(a: FactoryNode, b: FactoryNode): number {
  const kinds = KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind);
  return kinds || order.compare(a.name, b.name) || order.compare(a.slug, b.slug);
}
