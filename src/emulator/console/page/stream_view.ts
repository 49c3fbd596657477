/// <reference lib="dom" />
/**
 * A stream's readings as a chart that moves while reports come in.
 *
 * @module
 */
import { chart } from "../../../inspector/chart.ts";
import { el, fill } from "../../../inspector/dom.ts";
import { count, measure, time } from "../../../inspector/format.ts";
import type { Cloud } from "./cloud.ts";
import type { FactoryNode } from "./factory.ts";
import { inOne } from "./in_one.ts";
import { StreamReadings } from "./stream_readings.ts";

/** How many of the last readings can be loaded; the API gives at most the last 100,000. */
const LAST = [1000, 10_000, 100_000];

/** A stream on the page. */
export interface StreamView {
  readonly element: HTMLElement;
  readonly slug: string;
  /** Fetch what came since and draw it. */
  refresh(): Promise<void>;
  close(): void;
}

/** Show a stream; its readings come in the background. */
export function streamView(
  cloud: Cloud,
  node: FactoryNode,
  onError: (error: unknown) => void,
): StreamView {
  const readings = new StreamReadings(cloud, node.slug);
  const plot = chart({ height: 300 });
  const latest = el("dd.mono");
  const total = el("dd.mono");
  const body = el("div.stream-body", {}, el("p.muted", {}, "Loading readings"));
  const last = el("select", {
    "aria-label": "How many readings",
    onchange: () => load().catch(onError),
  });
  for (const wanted of LAST) {
    last.append(
      el("option", { value: wanted, selected: wanted === 10_000 }, `last ${count(wanted)}`),
    );
  }
  let shown = false;

  function facts(): void {
    const at = readings.latest;
    latest.textContent = at === undefined
      ? "none yet"
      : `${measure(at.value)}  at ${time(at.micros, 3)} UTC`;
    total.textContent = count(readings.total);
    plot.element.dataset.total = String(readings.total);
    plot.element.dataset.loaded = String(readings.length);
  }

  async function draw(): Promise<void> {
    facts();
    const span = readings.span;
    if (span === undefined) {
      fill(
        body,
        el(
          "div.blank",
          {},
          "No readings yet. The chart begins with the first report that brings some.",
        ),
      );
      return;
    }
    if (!shown) {
      fill(body, plot.element);
      shown = true;
      await plot.show({
        label: node.name,
        ...span,
        source: (from, to, width) => Promise.resolve(readings.series(from, to, width)),
      });
    } else await plot.extend(span.from, span.to);
  }

  async function load(): Promise<void> {
    await readings.load(Number(last.value));
    shown = false;
    await draw();
  }

  load().catch(onError);
  return {
    slug: node.slug,
    element: el(
      "section.card.stream-view",
      { "aria-label": `Stream ${node.name}` },
      el(
        "div.card-head",
        {},
        el("div", {}, el("h2", {}, node.name), el("p.muted.mono", {}, node.slug)),
        last,
      ),
      el(
        "dl.inline-facts",
        {},
        el("div", {}, el("dt", {}, "Latest"), latest),
        el("div", {}, el("dt", {}, "Stored readings"), total),
      ),
      body,
    ),
    refresh: inOne(async () => {
      if (await readings.catchUp()) await draw();
    }),
    close: () => plot.close(),
  };
}
