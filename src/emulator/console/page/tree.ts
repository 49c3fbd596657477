/// <reference lib="dom" />
/**
 * A tree for pointer and keyboard that follows the WAI-ARIA pattern: arrow keys move, open and close; Home and
 * End jump; typing searches by name. Ctrl or Shift choose several streams.
 *
 * @module
 */
import { el } from "../../../inspector/dom.ts";
import type { FactoryNode } from "./factory.ts";

/** The longest pause between letters that count as one word, in ms. */
const TYPING = 700;

/** A tree on the page. */
interface Tree {
  readonly element: HTMLElement;
  /**
   * Show nodes; what was open stays open.
   *
   * @param nodes the topmost nodes
   * @param open whether all of them are open, as after a search
   */
  show(nodes: readonly FactoryNode[], open?: boolean): void;
  /** Show which nodes are chosen, and open what is above them. */
  mark(slugs: readonly string[]): void;
}

/**
 * Make a tree.
 *
 * @param label its name
 * @param onChoose called with the node that was chosen; `more` if it is to be added to what is chosen
 */
export function tree(label: string, onChoose: (node: FactoryNode, more: boolean) => void): Tree {
  const element = el("ul.tree", {
    role: "tree",
    "aria-label": label,
    "aria-multiselectable": "true",
  });
  const id = `tree-${Math.random().toString(36).slice(2, 8)}`;
  const open = new Set<string>();
  let top: readonly FactoryNode[] = [];
  let focused = "";
  let chosen: readonly string[] = [];
  let allOpen = false;
  let typed = "";
  let typedAt = 0;

  function draw(): void {
    const hadFocus = element.contains(document.activeElement);
    element.replaceChildren(...top.map((node) => item(node, 1)));
    const current = at(focused) ?? items()[0];
    if (current !== undefined) {
      current.tabIndex = 0;
      focused = current.dataset.slug!;
      if (hadFocus) current.focus();
    }
  }

  function item(node: FactoryNode, level: number): HTMLElement {
    const branch = node.children.length > 0;
    const isOpen = branch && (allOpen || open.has(node.slug));
    const group = `${id}-${node.slug}`;
    const line = el(
      "span.tree-line",
      {
        role: "treeitem",
        tabindex: "-1",
        "data-slug": node.slug,
        "aria-level": level,
        "aria-label": `${node.name}, ${node.kind}`,
        "aria-expanded": branch ? String(isOpen) : undefined,
        "aria-owns": isOpen ? group : undefined,
        "aria-selected": String(chosen.includes(node.slug)),
        title: node.slug,
      },
      // The style sheet draws the icons, so they are not part of the name.
      el("span.twist", { "aria-hidden": "true" }),
      el(`span.kind.${node.kind}`, { "data-letter": KIND[node.kind] }),
      el("span.tree-name", {}, node.name),
    );
    line.style.setProperty("--level", String(level));
    return el(
      "li",
      { role: "none" },
      line,
      isOpen && el(
        "ul",
        { role: "group", id: group },
        ...node.children.map((child) => item(child, level + 1)),
      ),
    );
  }

  const items = () => [...element.querySelectorAll<HTMLElement>("[role=treeitem]")];
  const at = (slug: string) => items().find((item) => item.dataset.slug === slug);
  const path = (slug: string) => pathTo(top, slug) ?? [];
  const nodeAt = (slug: string) => path(slug).at(-1);

  function focus(item: HTMLElement | undefined): void {
    if (item === undefined) return;
    const before = at(focused);
    if (before !== undefined) before.tabIndex = -1;
    focused = item.dataset.slug!;
    item.tabIndex = 0;
    item.focus();
  }

  function toggle(slug: string, to = !open.has(slug)): void {
    if (to) open.add(slug);
    else open.delete(slug);
    draw();
  }

  element.addEventListener("click", (event) => {
    const { target } = event;
    if (!(target instanceof Element)) return;
    const found = target.closest<HTMLElement>("[role=treeitem]");
    const node = found === null ? undefined : nodeAt(found.dataset.slug!);
    if (node === undefined) return;
    focus(found!);
    const isChosen = chosen.includes(node.slug);
    if (node.children.length > 0 && (target.closest(".twist") !== null || isChosen)) {
      toggle(node.slug);
      if (target.closest(".twist") !== null) return;
    } else if (node.children.length > 0) open.add(node.slug);
    onChoose(node, event.ctrlKey || event.metaKey || event.shiftKey);
  });

  element.addEventListener("keydown", (event) => {
    const more = event.ctrlKey || event.metaKey || event.shiftKey;
    if (event.altKey || (more && event.key !== "Enter" && event.key !== " ")) return;
    const all = items();
    const here = all.findIndex((item) => item.dataset.slug === focused);
    const node = nodeAt(focused);
    if (node === undefined) return;
    const isOpen = (allOpen || open.has(node.slug)) && node.children.length > 0;
    const act: Record<string, () => void> = {
      ArrowDown: () => focus(all[here + 1]),
      ArrowUp: () => focus(all[here - 1]),
      Home: () => focus(all[0]),
      End: () => focus(all.at(-1)),
      ArrowRight: () => {
        if (isOpen) focus(all[here + 1]);
        else if (node.children.length > 0) toggle(node.slug, true);
      },
      ArrowLeft: () => {
        if (isOpen) toggle(node.slug, false);
        else focus(at(path(node.slug).at(-2)?.slug ?? ""));
      },
      Enter: () => onChoose(node, more),
      " ": () => onChoose(node, more),
    };
    if (event.key in act) {
      event.preventDefault();
      act[event.key]();
    } else if (event.key.length === 1) find(event.key);
  });

  function find(letter: string): void {
    typed = (performance.now() - typedAt < TYPING ? typed : "") + letter.toLowerCase();
    typedAt = performance.now();
    const all = items();
    const here = all.findIndex((item) => item.dataset.slug === focused);
    const after = [...all.slice(here + (typed.length > 1 ? 0 : 1)), ...all.slice(0, here + 1)];
    focus(after.find(({ dataset }) => nodeAt(dataset.slug!)?.name.toLowerCase().startsWith(typed)));
  }

  return {
    element,
    show(nodes, all = false) {
      allOpen = all;
      if (open.size === 0) {
        for (const { slug, children } of nodes) {
          [slug, ...children.map((c) => c.slug)].forEach((s) => open.add(s));
        }
      }
      top = nodes;
      draw();
    },
    mark(slugs) {
      const isNew = slugs.some((slug) => !chosen.includes(slug));
      chosen = slugs;
      for (const slug of slugs) {
        for (const above of path(slug).slice(0, -1)) open.add(above.slug);
      }
      if (isNew && slugs.length > 0) focused = slugs[slugs.length - 1];
      draw();
      if (isNew) at(focused)?.scrollIntoView({ block: "nearest" });
    },
  };
}

/** One letter of the kind, beside the name. */
const KIND: Record<FactoryNode["kind"], string> = {
  org: "O",
  site: "S",
  area: "A",
  line: "L",
  machine: "M",
  device: "D",
  stream: "~",
};

function pathTo(nodes: readonly FactoryNode[], slug: string): FactoryNode[] | undefined {
  for (const node of nodes) {
    if (node.slug === slug) return [node];
    const below = pathTo(node.children, slug);
    if (below !== undefined) return [node, ...below];
  }
  return undefined;
}
