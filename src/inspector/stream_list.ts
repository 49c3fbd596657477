/// <reference lib="dom" />
/**
 * The list of the streams of a report, of which one, several or all are selected.
 *
 * @module
 */
import { el, fill } from "./dom.ts";
import { count, counted, measure, variable } from "./format.ts";
import { sparkline } from "./sparkline.ts";
import type { Overview, StreamFacts } from "./protocol.ts";

/** The most streams in the list; for more, use the search. */
const LISTED = 300;

/** The list on the page. */
interface StreamList {
  readonly element: HTMLElement;
  /** Show which streams are selected; null for all. */
  select(streams: readonly number[] | null): void;
}

/**
 * List the streams as check boxes; arrow keys move through them.
 *
 * @param overview the report
 * @param choose called with the selected streams, or null for all
 */
export function streamList(
  overview: Overview,
  choose: (streams: readonly number[] | null) => void,
): StreamList {
  const body = el("div.stream-rows");
  let selected: readonly number[] | null = null;
  let filter = "";

  function toggle({ stream }: StreamFacts): void {
    const others = (selected ?? []).filter((one) => one !== stream);
    const next = selected?.includes(stream) ? others : [...others, stream];
    choose(next.length === 0 ? null : next);
  }

  function row(facts: StreamFacts): HTMLElement {
    const name = variable(facts.stream);
    return el(
      "div.stream-row",
      {},
      el(
        "label",
        {},
        el("input", {
          type: "checkbox",
          checked: selected?.includes(facts.stream) ?? false,
          "data-stream": facts.stream,
          onchange: () => toggle(facts),
        }),
        el("span.mono", {}, name),
        el("span.number", {}, count(facts.count)),
        el(
          "small.muted",
          {},
          Number.isNaN(facts.min)
            ? "no finite value"
            : facts.min === facts.max
            ? measure(facts.min)
            : `${measure(facts.min)} \u2026 ${measure(facts.max)}`,
        ),
        sparkline(facts.series, facts.bridge),
      ),
      overview.streams.length > 1 && el("button.link.only", {
        type: "button",
        "aria-label": `Only ${name}`,
        onclick: () => choose([facts.stream]),
      }, "only"),
    );
  }

  function draw(): void {
    const focused = document.activeElement?.getAttribute("data-stream") ?? undefined;
    const wanted = filter.trim().toLowerCase().replaceAll("-", "");
    const found = overview.streams.filter(({ stream }) =>
      variable(stream).replace("-", "").includes(wanted)
    );
    const all = el("input", {
      type: "checkbox",
      checked: selected === null,
      "data-stream": "all",
      onchange: () => choose(null),
    });
    fill(
      body,
      el(
        "div.stream-row",
        {},
        el(
          "label",
          {},
          all,
          el("span", {}, "All streams"),
          el("span.number", {}, count(overview.readings)),
        ),
      ),
      ...found.slice(0, LISTED).map(row),
      found.length > LISTED &&
        el("p.muted", {}, `and ${counted(found.length - LISTED, "other")}: narrow the search`),
    );
    if (focused !== undefined) {
      body.querySelector<HTMLElement>(`[data-stream="${focused}"]`)?.focus();
    }
  }

  body.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const boxes = [...body.querySelectorAll<HTMLElement>("input")];
    boxes[boxes.findIndex((it) => it === document.activeElement) + by]?.focus();
  });

  draw();
  const search = el("input", {
    type: "search",
    placeholder: "Find a stream",
    "aria-label": "Find a stream",
    oninput: () => {
      filter = search.value;
      draw();
    },
  });
  return {
    element: el(
      "div.stream-list",
      { role: "group", "aria-label": "Streams" },
      overview.streams.length > 12 && search,
      body,
    ),
    select(streams) {
      selected = streams;
      draw();
    },
  };
}
