/// <reference lib="dom" />
/**
 * The fields of a place, a machine or a device.
 *
 * @module
 */
import { el } from "../../../inspector/dom.ts";
import { counted } from "../../../inspector/format.ts";
import type { FactoryNode } from "./factory.ts";

/** Show a node of the tree; `onChoose` is called with the child that the user chooses. */
export function objectView(
  node: FactoryNode,
  onChoose: (slug: string) => void,
): HTMLElement {
  const fields = Object.entries(node.row)
    .filter(([, value]) => value !== null && value !== "" && typeof value !== "object");
  return el(
    "section.card.object-view",
    { "aria-label": `${node.kind} ${node.name}` },
    el(
      "div.card-head",
      {},
      el("div", {}, el("h2", {}, node.name), el("p.muted", {}, node.kind)),
    ),
    el(
      "dl.facts",
      {},
      ...fields.map(([name, value]) =>
        el(
          "div.fact",
          {},
          el("dt", {}, name.replaceAll("_", " ")),
          el("dd", {}, value === true ? "yes" : value === false ? "no" : String(value)),
        )
      ),
    ),
    el(
      "div.children",
      {},
      el("h3", {}, below(node)),
      el(
        "div.buttons",
        {},
        ...node.children.slice(0, 60).map((child) =>
          el("button.small", {
            type: "button",
            title: child.slug,
            onclick: () => onChoose(child.slug),
          }, child.name)
        ),
      ),
    ),
  );
}

/** How many nodes are below a node: `3 lines`, or a general count for nodes of several kinds. */
function below({ children }: FactoryNode): string {
  const kinds = new Set(children.map(({ kind }) => kind));
  if (children.length === 0) return "Nothing below it";
  const one = kinds.size === 1 ? [...kinds][0] : "place or device";
  const many = kinds.size === 1 ? undefined : "places and devices";
  return `${counted(children.length, one, many)} below it`;
}
