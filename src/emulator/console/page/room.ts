/// <reference lib="dom" />
/**
 * The page after signing in: four tabs, and events that keep them up to date.
 *
 * @module
 */
import { errorMessage } from "../../../_error_fields.ts";
import { fill } from "../../../inspector/dom.ts";
import { type Banner, banner } from "./banner.ts";
import { about, type Cloud, control, SignedOut } from "./cloud.ts";
import { factoryPanel } from "./factory_panel.ts";
import { faultPanel } from "./fault_panel.ts";
import { inspectPanel } from "./inspect_panel.ts";
import { Live, type LiveState } from "./live.ts";
import { requestLog } from "./request_log.ts";
import { restarted, stopped } from "./server_state.ts";
import { tabs } from "./tabs.ts";

/** The callbacks to the page around it. */
interface RoomOptions {
  onState(state: LiveState): void;
  /** The session has ended, with a message for the login form. */
  onSignedOut(note: string): void;
}

/** Open the room; `close` ends its connection. */
export function room(
  main: HTMLElement,
  cloud: Cloud,
  { onState, onSignedOut }: RoomOptions,
): { close(): void } {
  const strip = banner("error", false);
  const notice = banner("notice");
  let again = "";

  /** Shows an error on the tab that it is about. */
  const tell = ({ show }: Banner) => (error: unknown) => {
    if (error instanceof SignedOut) {
      return onSignedOut(again === "" ? "The session has ended. Please sign in again." : again);
    }
    // The message at the top of the page already says so.
    if (lost) return;
    show(errorMessage(error));
  };
  const banners = {
    factory: banner("error"),
    requests: banner("error"),
    faults: banner("error"),
    inspect: banner("error"),
  };
  const onError = tell(banners.factory);

  const factory = factoryPanel(cloud, onError);
  const requests = requestLog(tell(banners.requests));
  const faults = faultPanel((count) => pages.mark("faults", count), tell(banners.faults));
  const inspect = inspectPanel(cloud, () => pages.choose("inspect"), tell(banners.inspect));
  const pages = tabs("Console", [
    { key: "factory", title: "Factory", panel: [banners.factory.element, factory.element] },
    { key: "requests", title: "Requests", panel: [banners.requests.element, requests.element] },
    { key: "faults", title: "Faults", panel: [banners.faults.element, faults.element] },
    {
      key: "inspect",
      title: "Inspect a report",
      panel: [banners.inspect.element, inspect.element],
    },
  ]);
  fill(main, strip.element, pages.bar, notice.element, pages.element);

  /** Load everything: at the start, after a reset, and after a lost connection. */
  async function reload(): Promise<void> {
    const [reports, log] = await Promise.all([
      control("reports"),
      control("requests"),
      factory.load(),
      faults.refresh(),
    ]);
    factory.reports.show(reports);
    requests.show(log);
  }

  /** After a start of the page or of the emulator: show what happened to its data. */
  async function begin(): Promise<void> {
    again = restarted(await about());
    if (again !== "") notice.show(again);
    await reload();
  }

  const attempt = (work: Promise<unknown>) => void work.catch(onError);
  let lost = false;
  const live = new Live((state) => {
    onState(state);
    if (state === "lost" && !lost) strip.show(stopped(new Date()));
    if (state === "live" && lost) {
      strip.clear();
      lost = false;
      attempt(begin());
    }
    lost = state === "lost";
  });
  live.on("report", (event) => {
    factory.reports.add(event);
    attempt(factory.grew(event));
  });
  live.on("request", (event) => requests.add(event));
  live.on("faults", () => attempt(faults.refresh()));
  live.on("reset", () => attempt(reload()));
  attempt(begin());

  return {
    close() {
      live.close();
      pages.close();
      factory.close();
      requests.close();
      inspect.close();
    },
  };
}
