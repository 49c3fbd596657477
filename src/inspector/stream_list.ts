/// <reference lib="dom" />
/**
 * The streams of a report, counted; one of them, or all, is chosen.
 *
 * @module
 */
import { el } from "./dom.ts";
import { count, measure, variable } from "./format.ts";
import { sparkline } from "./sparkline.ts";
import type { Overview, StreamFacts } from "./protocol.ts";

/** Streams listed; a report with more is narrowed by the filter. */
const LISTED = 300;

/**
 * List the streams as radio buttons, so that arrow keys move through them.
 *
 * @param overview the report
 * @param choose called with the stream, or undefined for all
 */
export function streamList(
  overview: Overview,
  choose: (facts: StreamFacts | undefined) => void,
): { element: HTMLElement } {
  const group = `streams-${Math.random().toString(36).slice(2, 8)}`;
  const body = el("div.stream-rows");

  function row(facts: StreamFacts | undefined, checked: boolean): HTMLElement {
    return el(
      "label.stream-row",
      {},
      el("input", { type: "radio", name: group, checked, onchange: () => choose(facts) }),
      el("span.mono", {}, facts === undefined ? "All streams" : variable(facts.stream)),
      el("span.number", {}, count(facts?.count ?? overview.readings)),
      el(
        "small.muted.number",
        {},
        facts === undefined
          ? ""
          : Number.isNaN(facts.min)
          ? "no finite value"
          : facts.min === facts.max
          ? measure(facts.min)
          : `${measure(facts.min)} \u2026 ${measure(facts.max)}`,
      ),
      facts !== undefined && sparkline(facts.series),
    );
  }

  function draw(filter: string): void {
    const wanted = filter.trim().toLowerCase().replaceAll("-", "");
    const found = overview.streams.filter(({ stream }) =>
      variable(stream).replace("-", "").includes(wanted)
    );
    body.replaceChildren(
      row(undefined, true),
      ...found.slice(0, LISTED).map((facts) => row(facts, false)),
      ...(found.length > LISTED
        ? [el("p.muted", {}, `and ${count(found.length - LISTED)} more: narrow the search`)]
        : []),
    );
  }

  draw("");
  const filter = el("input", {
    type: "search",
    placeholder: "Find a stream",
    "aria-label": "Find a stream",
    oninput: () => draw(filter.value),
  });
  return {
    element: el(
      "div.stream-list",
      { role: "radiogroup", "aria-label": "Stream" },
      overview.streams.length > 12 && filter,
      body,
    ),
  };
}
