/**
 * Joins the rows of a factory's lists into one tree.
 *
 * @module
 */
import { type FactoryLevel, type FactoryState, LEVELS, rowsOf } from "./_factory_lists.ts";
import type { Row } from "./rows.ts";

/** An organisation, site, area, line, machine or device, with its content. */
export interface FactoryNode {
  /** What it is. */
  readonly level: FactoryLevel;
  /** Its slug. */
  readonly slug: string;
  /** Its name. For machines and devices: the label, or another text if there is no label. */
  readonly name: string;
  /** Its type: area_type, line_type, brand and model of a machine, or connector of a device. */
  readonly type: string | null;
  /** The row from the server. */
  readonly data: Row;
  /** What is in it. */
  readonly children: FactoryNode[];
}

/** Fields that name the parents of a row, innermost first. */
const PARENTS: Record<FactoryLevel, readonly string[]> = {
  org: [],
  site: ["org"],
  area: ["site", "org"],
  line: ["area", "site", "org"],
  machine: ["line", "area", "parent", "site", "org"],
  device: ["machine", "parent", "org"],
};

/** The organisations. In a partial map, rows whose parent has not been read yet are left out. */
export function buildTree(state: FactoryState): FactoryNode[] {
  const nodes = new Map<string, FactoryNode>();
  for (const level of LEVELS) {
    for (const row of rowsOf(state.lists[level])) {
      // Slugs of sites, areas, lines and devices differ in their prefix; that of an organisation can be any text.
      nodes.set(keyOf(level, row.slug), makeNode(level, row));
    }
  }
  const whole = LEVELS.every((level) => state.lists[level]?.done);
  const roots: FactoryNode[] = [];
  for (const node of nodes.values()) {
    if (node.level === "org") roots.push(node);
    else parentOf(node, nodes, whole)?.children.push(node);
  }
  return roots;
}

function parentOf(
  { level, data }: FactoryNode,
  nodes: ReadonlyMap<string, FactoryNode>,
  whole: boolean,
): FactoryNode | undefined {
  for (const field of PARENTS[level]) {
    const slug = data[field];
    if (typeof slug !== "string" || slug === "") continue;
    const parent = nodes.get(field === "org" ? keyOf("org", slug) : slug);
    if (parent || !whole) return parent;
  }
  return undefined;
}

function keyOf(level: FactoryLevel, slug: unknown): string {
  return level === "org" ? `org ${slug}` : String(slug);
}

function makeNode(level: FactoryLevel, row: Row): FactoryNode {
  const slug = String(row.slug);
  return {
    level,
    slug,
    name: nameOf(row) || slug,
    type: typeOf(level, row),
    data: row,
    children: [],
  };
}

function nameOf(row: Row): string {
  return text(row.name) || text(row.label) || brandAndModel(row);
}

function typeOf(level: FactoryLevel, row: Row): string | null {
  switch (level) {
    case "org":
      return text(row.ot) || null;
    case "machine":
      return brandAndModel(row) || null;
    case "device":
      return text(row.connector_type) || text(row.template) || null;
    default:
      return text(row[`${level}_type`]) || null;
  }
}

function brandAndModel(row: Row): string {
  return `${text(row.brand)} ${text(row.model)}`.trim();
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
