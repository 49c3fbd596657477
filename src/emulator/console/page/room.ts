/// <reference lib="dom" />
/**
 * What somebody who has signed in sees: four tabs, and events that keep them up to date.
 *
 * @module
 */
import { el, fill } from "../../../inspector/dom.ts";
import { type Cloud, control, SignedOut } from "./cloud.ts";
import { factoryPanel } from "./factory_panel.ts";
import { faultPanel } from "./fault_panel.ts";
import { inspectPanel } from "./inspect_panel.ts";
import { Live, type LiveState, type ReportEvent, type RequestEvent } from "./live.ts";
import { requestLog } from "./request_log.ts";
import { tabs } from "./tabs.ts";

/** What the page around is told. */
export interface RoomOptions {
  onState(state: LiveState): void;
  onSignedOut(error?: SignedOut): void;
}

/** Open the room; `close` ends its connection. */
export function room(
  main: HTMLElement,
  cloud: Cloud,
  { onState, onSignedOut }: RoomOptions,
): { close(): void } {
  const problem = el("div.problem-bar", { role: "alert", hidden: true });
  const report = (error: unknown) => {
    if (error instanceof SignedOut) return onSignedOut(error);
    fill(
      problem,
      el("span", {}, error instanceof Error ? error.message : String(error)),
      el("button.link", { type: "button", onclick: () => problem.hidden = true }, "Dismiss"),
    );
    problem.hidden = false;
  };
  const attempt = (work: Promise<unknown>) => void work.catch(report);

  const factory = factoryPanel(cloud, report);
  const requests = requestLog(report);
  const faults = faultPanel((count) => pages.mark("faults", count), report);
  const inspect = inspectPanel(cloud, () => pages.choose("inspect"), report);
  const pages = tabs("Console", [
    { key: "factory", title: "Factory", panel: factory.element },
    { key: "requests", title: "Requests", panel: requests.element },
    { key: "faults", title: "Faults", panel: faults.element },
    { key: "inspect", title: "Inspect a report", panel: inspect.element },
  ]);
  fill(main, pages.bar, problem, pages.element);

  /** Everything anew: at the start, after a reset, and when the connection was lost for a while. */
  async function reload(): Promise<void> {
    const [reports, log] = await Promise.all([
      control("reports") as Promise<ReportEvent[]>,
      control("requests") as Promise<RequestEvent[]>,
      factory.load(),
      faults.refresh(),
    ]);
    factory.reports.show(reports);
    requests.show(log);
  }

  let lost = false;
  const live = new Live((state) => {
    onState(state);
    if (state === "live" && lost) attempt(reload());
    lost = state === "lost";
  });
  live.on("report", (event) => {
    factory.reports.add(event);
    attempt(factory.grew(event));
  });
  live.on("request", (event) => requests.add(event));
  live.on("faults", () => attempt(faults.refresh()));
  live.on("reset", () => attempt(reload()));
  attempt(reload());

  return {
    close() {
      live.close();
      factory.close();
      inspect.close();
    },
  };
}
