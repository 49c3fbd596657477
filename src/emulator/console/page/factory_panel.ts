/// <reference lib="dom" />
/**
 * The factory: its tree, what is chosen in it, and the reports that come in.
 *
 * @module
 */
import { el, fill } from "../../../inspector/dom.ts";
import type { Cloud } from "./cloud.ts";
import { type FactoryNode, type FactoryRows, factoryTree, type NodeKind } from "./factory.ts";
import { inOne } from "./in_one.ts";
import type { ReportEvent } from "./live.ts";
import { objectView } from "./object_view.ts";
import { type ReportList, reportList } from "./report_list.ts";
import { type StreamView, streamView } from "./stream_view.ts";
import { tree } from "./tree.ts";

const KINDS: readonly NodeKind[] = ["org", "site", "area", "line", "machine", "device", "stream"];

/** Streams in the tree; a factory with more is looked into by device. */
const MOST_STREAMS = 20_000;

/** The factory on the page. */
export interface FactoryPanel {
  readonly element: HTMLElement;
  readonly reports: ReportList;
  /** Fetch the tree anew. */
  load(): Promise<void>;
  /** Take in that a report was stored. */
  grew(report: ReportEvent): Promise<void>;
  close(): void;
}

/** Make the panel. */
export function factoryPanel(cloud: Cloud, onError: (error: unknown) => void): FactoryPanel {
  const detail = el("div.detail");
  const known = new Set<string>();
  let view: StreamView | undefined;
  const nodes = tree("Factory", (node) => show(node));
  const reports = reportList((slug) => {
    nodes.choose(slug);
    detail.scrollIntoView({ block: "nearest" });
  });

  function show(node: FactoryNode): void {
    if (view?.slug === node.slug) return;
    view?.close();
    view = undefined;
    if (node.kind === "stream") view = streamView(cloud, node, onError);
    fill(detail, view?.element ?? objectView(node, (slug) => nodes.choose(slug)));
  }

  function nothing(): void {
    view?.close();
    view = undefined;
    fill(
      detail,
      el(
        "section.card.blank",
        {},
        "Choose a stream in the tree to see its readings. Streams come into being with the first report that brings a reading of them.",
      ),
    );
  }

  const load = inOne(async () => {
    const lists = await Promise.all(KINDS.map(async (kind) => {
      const limit = kind === "stream" ? MOST_STREAMS : Infinity;
      const page = kind === "stream" ? MOST_STREAMS : 1000;
      return [kind, (await cloud.all(kind, { page_size: page }, limit)).rows] as const;
    }));
    const rows = Object.fromEntries(lists) as unknown as FactoryRows;
    known.clear();
    for (const { slug } of rows.stream) known.add(String(slug));
    nodes.show(factoryTree(rows));
    const isThere = rows.stream.some(({ slug }) => slug === view?.slug);
    if (view !== undefined && !isThere) nothing();
    else await view?.refresh();
  });

  nothing();
  return {
    reports,
    load,
    element: el(
      "div.factory",
      {},
      el("nav.card.tree-card", { "aria-label": "Factory" }, nodes.element),
      el("div.factory-main", {}, detail, reports.element),
    ),
    async grew(report) {
      const grown = Object.keys(report.streams);
      if (grown.some((slug) => !known.has(slug))) {
        await load();
        // Streams of an organisation that the account is not in are not worth a second look.
        for (const slug of grown) known.add(slug);
      } else if (view !== undefined && grown.includes(view.slug)) await view.refresh();
      // With nothing chosen, the first report that brings readings shows them.
      if (view === undefined && grown.length > 0 && detail.querySelector(".blank") !== null) {
        const most = grown.reduce((a, b) => report.streams[b] > report.streams[a] ? b : a);
        nodes.choose(most);
      }
    },
    close: () => view?.close(),
  };
}
