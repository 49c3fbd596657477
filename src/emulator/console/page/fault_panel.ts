/// <reference lib="dom" />
/**
 * The faults panel: what goes wrong, for which calls, and how often.
 *
 * @module
 */
import { el, fill } from "../../../inspector/dom.ts";
import { count, counted } from "../../../inspector/format.ts";
import type { Fault, FaultSpec } from "../../control/faults.ts";
import { control } from "./cloud.ts";
import { commands } from "./commands.ts";
import { faultForm } from "./fault_form.ts";
import { plainTable } from "./plain_table.ts";

/** The most frequent faults, each with one button. */
const COMMON: readonly (readonly [title: string, spec: FaultSpec])[] = [
  ["503 for the next 3 calls", { kind: "status", status: 503, times: 3 }],
  ["429, wait 2 s", { kind: "status", status: 429, retryAfter: 2 }],
  ["Next upload: response lost", {
    kind: "drop",
    phase: "after",
    method: "POST",
    path: "streamer/report/",
  }],
  ["Next upload: cut halfway", {
    kind: "drop",
    phase: "during",
    method: "POST",
    path: "streamer/report/",
  }],
  ["Every call 500 ms late", { kind: "delay", milliseconds: 500, times: "always" }],
  ["Store is read-only", { kind: "read-only" }],
  ["Disk is full", { kind: "disk-full" }],
];

/** The faults on the page. */
interface FaultPanel {
  readonly element: HTMLElement;
  /** Read from the emulator which faults are set. */
  refresh(): Promise<void>;
}

/** Make the panel; `onCount` is called with the number of faults that are set. */
export function faultPanel(
  onCount: (count: number) => void,
  onError: (error: unknown) => void,
): FaultPanel {
  const list = el("div");
  const done = el("p.muted", { role: "status" });

  async function set(spec: FaultSpec): Promise<void> {
    await control("faults", "POST", spec);
    await refresh();
  }

  async function refresh(): Promise<void> {
    const faults = await control("faults");
    onCount(faults.length);
    fill(list, faults.length === 0 ? nothing() : table(faults));
  }

  function nothing(): HTMLElement {
    return el(
      "div.blank",
      {},
      el("p", {}, "No fault is set. Set one below, or from a test:"),
      commands(
        `curl ${location.origin}/__emulator__/faults -d '{"kind":"status","status":503,"times":3}'`,
      ),
    );
  }

  function table(faults: readonly Fault[]): HTMLElement {
    return plainTable(
      "Faults that are set",
      [["Fault"], ["Strikes"], ["Struck", "end"], ["Remove"]],
      faults.map((fault) => [
        describe(fault),
        target(fault),
        ofStore(fault) ? "\u2014" : count(fault.struck),
        el("button.small", {
          type: "button",
          "aria-label": `Remove: ${describe(fault)}`,
          onclick: () => control(`faults/${fault.id}`, "DELETE").then(refresh).catch(onError),
        }, "Remove"),
      ]),
    );
  }

  function act(title: string, work: () => Promise<string>): HTMLElement {
    return el("button", {
      type: "button",
      onclick: () => work().then((text) => void (done.textContent = text)).catch(onError),
    }, title);
  }

  return {
    refresh,
    element: el(
      "div.faults",
      {},
      el(
        "section.card",
        { "aria-label": "Faults that are set" },
        el(
          "div.card-head",
          {},
          el("h2.section", {}, "Faults that are set"),
          el("button", {
            type: "button",
            onclick: () => control("faults", "DELETE").then(refresh).catch(onError),
          }, "Remove all"),
        ),
        list,
      ),
      el(
        "section.card",
        { "aria-label": "Common faults" },
        el("h2.section", {}, "Common faults"),
        el(
          "div.buttons",
          {},
          ...COMMON.map(([title, spec]) =>
            el("button", { type: "button", onclick: () => set(spec).catch(onError) }, title)
          ),
        ),
      ),
      el(
        "section.card",
        { "aria-label": "Another fault" },
        el("h2.section", {}, "Another fault"),
        faultForm((spec) => set(spec).catch(onError)),
      ),
      el(
        "section.card",
        { "aria-label": "Tokens and data" },
        el("h2.section", {}, "Tokens and data"),
        el(
          "div.buttons",
          {},
          act("Expire all access tokens", async () => {
            await control("tokens/expire", "POST");
            return "All access tokens have expired; this console will refresh its own.";
          }),
          act("Revoke all refresh tokens", async () => {
            const { revoked } = await control("tokens/revoke", "POST");
            return `${counted(revoked, "refresh token")} revoked.`;
          }),
          act("Reset the emulator\u2026", async () => {
            if (
              !confirm(
                "Reset the emulator to its initial data? Everything stored since then is lost.",
              )
            ) {
              return "";
            }
            await control("reset", "POST");
            return "The emulator has been reset to its initial data.";
          }),
        ),
        done,
      ),
    ),
  };
}

/** A description of a fault. */
export function describe(fault: FaultSpec): string {
  switch (fault.kind) {
    case "status":
      return `responds with ${fault.status}` +
        (fault.retryAfter === undefined ? "" : `, Retry-After ${fault.retryAfter}`);
    case "delay":
      return `${fault.milliseconds} ms late`;
    case "drop":
      return {
        before: "cut before the work",
        during: "cut halfway through the body",
        after: "response lost after the work",
        answer: "cut halfway through the response",
      }[fault.phase];
    case "next":
      return `links point to ${fault.origin}`;
    case "redirect":
      return `redirects (${fault.status ?? 302}) to ${fault.origin}`;
    case "expired-token":
      return "access token counts as expired";
    case "worker-fails":
      return "report stored, never counted";
    case "read-only":
      return "store is read-only";
    case "disk-full":
      return "disk is full";
  }
}

/** Faults of the store affect every call until they are removed. */
function ofStore({ kind }: FaultSpec): boolean {
  return kind === "read-only" || kind === "disk-full";
}

function target(fault: FaultSpec): string {
  if (ofStore(fault)) return "every write, until removed";
  const { method, path, times = 1, after = 0 } = fault;
  const calls = times === "always"
    ? "every call"
    : times === 1
    ? "next call"
    : `next ${times} calls`;
  const which = [method, path].filter((part) => part !== undefined && part !== "").join(" ");
  return `${calls}${which === "" ? "" : ` of ${which}`}${after > 0 ? `, after ${after}` : ""}`;
}
