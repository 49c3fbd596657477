/// <reference lib="dom" />
/**
 * The factory: its tree, the chosen nodes, and incoming reports.
 *
 * @module
 */
import { address } from "../../../inspector/address.ts";
import { el, fill } from "../../../inspector/dom.ts";
import type { Cloud, Row } from "./cloud.ts";
import { type FactoryNode, factoryTree, type NodeKind, noRows, searchTree } from "./factory.ts";
import { inOne } from "./in_one.ts";
import type { ReportEvent } from "./live.ts";
import { noReadings } from "./no_readings.ts";
import { objectView } from "./object_view.ts";
import { type ReportList, reportList } from "./report_list.ts";
import { MOST_STREAMS, type StreamView, streamView } from "./stream_view.ts";
import { tree } from "./tree.ts";

const KINDS: readonly NodeKind[] = ["org", "site", "area", "line", "machine", "device", "stream"];

/** The most streams in the tree. In a larger factory, search for a device first. */
const MOST_LISTED = 20_000;

/** The factory on the page. */
interface FactoryPanel {
  readonly element: HTMLElement;
  readonly reports: ReportList;
  /** Fetch the tree again. */
  load(): Promise<void>;
  /** Update after a report was stored. */
  grew(report: ReportEvent): Promise<void>;
  close(): void;
}

/** Make the panel. */
export function factoryPanel(cloud: Cloud, onError: (error: unknown) => void): FactoryPanel {
  const state = address();
  const detail = el("div.detail");
  let top: readonly FactoryNode[] = [];
  let all = new Map<string, FactoryNode>();
  let view: StreamView | undefined;
  let shown: string | undefined;
  const foreign = new Set<string>();

  const nodes = tree("Factory", (node, more) => {
    const others = more && node.kind === "stream" ? view?.slugs ?? [] : [];
    choose(
      others.includes(node.slug)
        ? others.filter((slug) => slug !== node.slug)
        : [...others, node.slug].slice(-MOST_STREAMS),
    );
  });
  const search = el("input", {
    type: "search",
    placeholder: "Search names and ids",
    "aria-label": "Search the factory",
    oninput: () => list(),
  });
  const found = el("p.muted.tree-found", { role: "status" });
  const reports = reportList((slug) => {
    choose([slug]);
    detail.scrollIntoView({ block: "nearest" });
  });

  function list(): void {
    const part = searchTree(top, search.value);
    found.textContent = part.length === 0 && top.length > 0 ? "Nothing has this name or id." : "";
    nodes.show(part, search.value.trim() !== "");
  }

  /** Show nodes, as a step in the history of the browser. */
  function choose(slugs: readonly string[]): void {
    state.set({ at: slugs.length === 0 ? null : slugs.join(","), range: null }, "step");
    follow();
  }

  /** Show the nodes that the address names, as far as they are known. */
  function follow(): void {
    const slugs = (state.get("at") ?? "").split(",").filter((slug) => all.has(slug));
    const streams = slugs.filter((slug) => all.get(slug)!.kind === "stream");
    const wanted = streams.length > 0 ? streams.slice(0, MOST_STREAMS) : slugs.slice(0, 1);
    nodes.mark(wanted);
    if (wanted.join() === shown) return view?.follow();
    view?.close();
    view = undefined;
    shown = wanted.join();
    if (wanted.length === 0) return fill(detail, noReadings(cloud, onError));
    const chosen = wanted.map((slug) => all.get(slug)!);
    if (chosen[0].kind !== "stream") {
      return fill(detail, objectView(chosen[0], (slug) => choose([slug])));
    }
    const others = [...all.values()].filter(({ kind }) => kind === "stream").slice(0, 500);
    view = streamView({ cloud, nodes: chosen, others, state, onChoose: choose, onError });
    fill(detail, view.element);
  }

  /** With nothing chosen, the stream with the latest readings is shown. */
  function chooseOne(streams: readonly Row[]): void {
    const known = (state.get("at") ?? "").split(",").some((slug) => all.has(slug));
    if (known || streams.length === 0) return;
    const latest = streams.reduce((a, b) => String(b.created_on) > String(a.created_on) ? b : a);
    state.set({ at: String(latest.slug) }, "in place");
  }

  const load = inOne(async () => {
    const rows = noRows();
    await Promise.all(KINDS.map(async (kind) => {
      const limit = kind === "stream" ? MOST_LISTED : Infinity;
      const page = kind === "stream" ? MOST_LISTED : 1000;
      rows[kind] = (await cloud.all(kind, { page_size: page }, limit)).rows;
    }));
    top = factoryTree(rows);
    all = new Map(flat(top).map((node) => [node.slug, node]));
    chooseOne(rows.stream);
    list();
    follow();
    await view?.refresh();
  });

  const unlisten = state.onMove(follow);
  return {
    reports,
    load,
    element: el(
      "div.factory",
      {},
      el("nav.card.tree-card", { "aria-label": "Factory" }, search, found, nodes.element),
      el("div.factory-main", {}, detail, reports.element),
    ),
    async grew(report) {
      const grown = Object.keys(report.streams);
      const empty = shown === "";
      if (grown.some((slug) => !all.has(slug) && !foreign.has(slug))) {
        await load();
        // Streams of organisations without the account never appear.
        for (const slug of grown) if (!all.has(slug)) foreign.add(slug);
      }
      if (view !== undefined && grown.some((slug) => view!.slugs.includes(slug))) {
        await view.refresh();
      }
      // If nothing was chosen, the first report with readings shows the stream with most of them.
      if (!empty || grown.length === 0) return;
      const most = grown.reduce((a, b) => report.streams[b] > report.streams[a] ? b : a);
      if (!all.has(most)) return;
      state.set({ at: most }, "in place");
      follow();
    },
    close() {
      unlisten();
      view?.close();
    },
  };
}

function flat(nodes: readonly FactoryNode[]): FactoryNode[] {
  return nodes.flatMap((node) => [node, ...flat(node.children)]);
}
