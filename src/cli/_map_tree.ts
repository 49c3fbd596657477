/**
 * The rows of a factory map as a tree of text.
 *
 * @module
 */

import { printable } from "../_printable.ts";

const LEVELS = ["org", "site", "area", "line", "machine", "device"] as const;

interface Node {
  label: string;
  children: Map<string, Node>;
}

/** The lines of the tree; a level that a row does not have is left out. */
export function* treeLines(rows: readonly Record<string, unknown>[]): Generator<string> {
  const root: Node = { label: "", children: new Map() };
  for (const row of rows) {
    let node = root;
    for (const level of LEVELS) {
      const slug = row[level];
      if (typeof slug !== "string" || slug === "") continue;
      let child = node.children.get(slug);
      if (!child) {
        const name = row[`${level}Name`];
        const shown = printable(String(name ?? ""));
        child = {
          label: shown === "" || shown === slug ? printable(slug) : `${shown}  ${printable(slug)}`,
          children: new Map(),
        };
        node.children.set(slug, child);
      }
      node = child;
    }
  }
  for (const top of root.children.values()) {
    yield top.label;
    yield* branches(top, "");
  }
}

function* branches(node: Node, indent: string): Generator<string> {
  const children = [...node.children.values()];
  for (const [index, child] of children.entries()) {
    const last = index === children.length - 1;
    yield `${indent}${last ? "└─ " : "├─ "}${child.label}`;
    yield* branches(child, indent + (last ? "   " : "│  "));
  }
}
