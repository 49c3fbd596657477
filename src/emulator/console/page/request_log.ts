/// <reference lib="dom" />
/**
 * The log of client requests: with a filter, sorting, and details of each request.
 *
 * @module
 */
import { address } from "../../../inspector/address.ts";
import { type Child, el, fill } from "../../../inspector/dom.ts";
import { counted, duration, size } from "../../../inspector/format.ts";
import { control } from "./cloud.ts";
import { commands } from "./commands.ts";
import { describe } from "./fault_panel.ts";
import type { RequestEvent } from "./live.ts";
import { clock, plainTable } from "./plain_table.ts";
import { requestDetail } from "./request_detail.ts";

/** Requests shown; the emulator keeps the last 500. */
const SHOWN = 200;

/** The log on the page. */
interface RequestLog {
  readonly element: HTMLElement;
  show(requests: readonly RequestEvent[]): void;
  add(request: RequestEvent): void;
  close(): void;
}

interface LogColumn {
  readonly title: string;
  readonly align?: "end";
  /** The column and direction of the order. */
  key(request: RequestEvent): string | number;
  cell(request: RequestEvent, open: () => void): Child;
  /** Hidden if no request has a value. */
  readonly optional?: boolean;
}

const COLUMNS: readonly LogColumn[] = [
  { title: "When (UTC)", key: ({ id }) => id, cell: ({ at }) => clock(at, 3) },
  { title: "Status", key: ({ status }) => status, cell: status },
  { title: "Method", key: ({ method }) => method, cell: ({ method }) => method },
  {
    title: "Path",
    key: ({ path, query }) => `${path}?${query}`,
    cell: ({ path, query }, open) =>
      el(
        "button.link.request-path",
        { type: "button", title: query === "" ? path : `${path}?${query}`, onclick: open },
        path,
        query !== "" && el("span.muted", {}, `?${query}`),
      ),
  },
  {
    title: "Account",
    key: ({ account }) => account ?? "",
    cell: ({ account }) => account ?? "\u2014",
  },
  {
    title: "Parts",
    optional: true,
    key: ({ parts }) => parts.join(", "),
    cell: ({ parts }) => parts.join(", "),
  },
  {
    title: "Sent",
    align: "end",
    key: ({ requestBytes }) => requestBytes,
    cell: ({ requestBytes }) => requestBytes > 0 ? size(requestBytes) : "\u2014",
  },
  {
    title: "Received",
    align: "end",
    key: ({ responseBytes }) => responseBytes,
    cell: ({ responseBytes }) => responseBytes > 0 ? size(responseBytes) : "\u2014",
  },
  {
    title: "Took",
    align: "end",
    key: ({ milliseconds }) => milliseconds,
    cell: ({ milliseconds }) => duration(milliseconds),
  },
  {
    title: "Faults",
    optional: true,
    key: ({ struck }) => struck.map(describe).join(", "),
    cell: ({ struck }) => struck.map(describe).join(", "),
  },
];

/** Make the log. */
export function requestLog(onError: (error: unknown) => void): RequestLog {
  const state = address();
  let requests: RequestEvent[] = [];
  let frame = 0;
  let sort = { by: COLUMNS[0], descending: true };
  const room = el("div");
  const opened = el("div.opened-request");
  const tally = el("span.muted");
  const filter = el("input", {
    type: "search",
    placeholder: "Filter: path, method, status",
    "aria-label": "Filter the requests",
    oninput: () => {
      state.set({ filter: filter.value === "" ? null : filter.value }, "in place");
      draw();
    },
  });

  function schedule(): void {
    if (frame === 0) frame = requestAnimationFrame(draw);
  }

  function open(id: number | null): void {
    state.set({ request: id === null ? null : String(id) }, "step");
    follow();
    opened.querySelector<HTMLElement>(".request-detail")?.focus();
  }

  /** Show the request and the filter that the address names. */
  function follow(): void {
    filter.value = state.get("filter") ?? "";
    const found = requests.find(({ id }) => String(id) === state.get("request"));
    fill(opened, found !== undefined && requestDetail(found, () => open(null)));
    draw();
  }

  function draw(): void {
    frame = 0;
    const words = filter.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
    const found = requests.filter((request) => {
      const text = `${request.method} ${request.path}?${request.query} ${request.status} ${
        request.account ?? ""
      } ${request.struck.map(describe).join(" ")}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    tally.textContent = counted(found.length, "request");
    if (found.length === 0) {
      return fill(
        room,
        requests.length > 0 ? el("div.blank", {}, "No request matches the filter.") : el(
          "div.blank",
          {},
          el(
            "p",
            {},
            "No request yet. The console's own requests are not logged. To make one:",
          ),
          commands(`curl ${location.origin}/api/v1/server/`),
        ),
      );
    }
    const columns = COLUMNS.filter(({ optional, key }) =>
      !optional || found.some((one) => key(one) !== "")
    );
    const order = sorted(found, sort.by, sort.descending).slice(0, SHOWN);
    const focused = document.activeElement?.getAttribute("data-column") ?? undefined;
    fill(
      room,
      plainTable(
        "Requests",
        columns.map(({ title, align }) => align === undefined ? [title] : [title, align]),
        order.map((request) => columns.map(({ cell }) => cell(request, () => open(request.id)))),
        {
          by: columns.indexOf(sort.by),
          descending: sort.descending,
          onSort(at) {
            const by = columns[at];
            sort = { by, descending: sort.by === by ? !sort.descending : false };
            draw();
          },
        },
      ),
      found.length > SHOWN &&
        el("p.muted", {}, `and ${counted(found.length - SHOWN, "other")}: narrow the filter`),
    );
    if (focused !== undefined) {
      room.querySelector<HTMLElement>(`[data-column="${focused}"]`)?.focus();
    }
  }

  const unlisten = state.onMove(follow);
  follow();
  return {
    element: el(
      "div.requests-room",
      {},
      opened,
      el(
        "section.card.requests",
        { "aria-label": "Requests" },
        el(
          "div.card-head",
          {},
          el("h2.section", {}, "Requests ", tally),
          el(
            "div.buttons",
            {},
            filter,
            el("button", {
              type: "button",
              onclick: () => {
                control("requests", "DELETE").then(() => {
                  requests = [];
                  state.set({ request: null }, "in place");
                  follow();
                }).catch(onError);
              },
            }, "Clear"),
          ),
        ),
        room,
      ),
    ),
    show(next) {
      requests = [...next].reverse();
      follow();
    },
    add(request) {
      requests = [request, ...requests.filter(({ id }) => id !== request.id)].slice(0, 500);
      schedule();
    },
    close() {
      unlisten();
      cancelAnimationFrame(frame);
    },
  };
}

/** Requests in an order; equal ones stay newest first. */
function sorted(
  requests: readonly RequestEvent[],
  { key }: LogColumn,
  descending: boolean,
): RequestEvent[] {
  const sign = descending ? -1 : 1;
  return [...requests].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    return x < y ? -sign : x > y ? sign : b.id - a.id;
  });
}

function status({ status, error }: RequestEvent): HTMLElement {
  const kind = status === 0 || status >= 500 ? "error" : status >= 400 ? "warning" : "good";
  return el(`span.tag.${kind}`, { title: error ?? "" }, status === 0 ? "cut" : String(status));
}
