/// <reference lib="dom" />
/**
 * The log of requests that clients made.
 *
 * @module
 */
import { el, fill } from "../../../inspector/dom.ts";
import { counted, duration, size } from "../../../inspector/format.ts";
import { control } from "./cloud.ts";
import type { RequestEvent } from "./live.ts";
import { clock, plainTable } from "./plain_table.ts";

/** Requests shown; the emulator keeps the last 500. */
const SHOWN = 200;

/** The log on the page. */
export interface RequestLog {
  readonly element: HTMLElement;
  show(requests: readonly RequestEvent[]): void;
  add(request: RequestEvent): void;
}

/** Make the log. */
export function requestLog(onError: (error: unknown) => void): RequestLog {
  let requests: RequestEvent[] = [];
  let frame = 0;
  const room = el("div");
  const tally = el("span.muted");
  const filter = el("input", {
    type: "search",
    placeholder: "Filter: path, method, status",
    "aria-label": "Filter the requests",
    oninput: () => draw(),
  });

  function schedule(): void {
    if (frame === 0) frame = requestAnimationFrame(draw);
  }

  function draw(): void {
    frame = 0;
    const words = filter.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
    const found = requests.filter((request) => {
      const text = `${request.method} ${request.path}?${request.query} ${request.status}`
        .toLowerCase();
      return words.every((word) => text.includes(word));
    });
    tally.textContent = counted(found.length, "request");
    if (found.length === 0) {
      fill(
        room,
        el(
          "div.blank",
          {},
          requests.length === 0
            ? "No request yet. What this console asks for itself is not logged."
            : "No request fits the filter.",
        ),
      );
      return;
    }
    fill(
      room,
      plainTable(
        "Requests, newest first",
        [
          ["When (UTC)"],
          ["Status"],
          ["Method"],
          ["Path"],
          ["Account"],
          ["Parts"],
          ["Sent", "end"],
          [
            "Answered",
            "end",
          ],
          ["Took", "end"],
          ["Faults"],
        ],
        found.slice(0, SHOWN).map((request) => [
          clock(request.at, 3),
          status(request),
          request.method,
          path(request),
          request.account ?? "\u2014",
          request.parts.join(", "),
          request.requestBytes > 0 ? size(request.requestBytes) : "\u2014",
          request.responseBytes > 0 ? size(request.responseBytes) : "\u2014",
          duration(request.milliseconds),
          request.faults.join(", "),
        ]),
      ),
    );
  }

  draw();
  return {
    element: el(
      "section.card.requests",
      { "aria-label": "Requests" },
      el(
        "div.card-head",
        {},
        el("h3", {}, "Requests ", tally),
        el(
          "div.buttons",
          {},
          filter,
          el("button", {
            type: "button",
            onclick: () => {
              control("requests", "DELETE").then(() => {
                requests = [];
                draw();
              }).catch(onError);
            },
          }, "Clear"),
        ),
      ),
      room,
    ),
    show(next) {
      requests = [...next].reverse();
      draw();
    },
    add(request) {
      requests = [request, ...requests.filter(({ id }) => id !== request.id)].slice(0, 500);
      schedule();
    },
  };
}

function status({ status, error }: RequestEvent): HTMLElement {
  const kind = status === 0 || status >= 500 ? "error" : status >= 400 ? "warning" : "good";
  return el(`span.tag.${kind}`, { title: error ?? "" }, status === 0 ? "cut" : String(status));
}

function path({ path, query }: RequestEvent): HTMLElement {
  return el(
    "span.request-path",
    { title: query === "" ? path : `${path}?${query}` },
    path,
    query !== "" && el("span.muted", {}, `?${query}`),
  );
}
