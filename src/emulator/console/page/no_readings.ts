/// <reference lib="dom" />
/**
 * The first minute: what to do with an emulator that has no readings yet.
 *
 * @module
 */
import { WorkerClient } from "../../../inspector/client.ts";
import { el } from "../../../inspector/dom.ts";
import { counted } from "../../../inspector/format.ts";
import type { Cloud } from "./cloud.ts";
import { uploadCommands } from "./commands.ts";

/** Readings of the shift that can be uploaded. */
const SHIFT = 20_000;

/** The panel that is shown if no stream is chosen. Its button uploads the readings of a shift. */
export function noReadings(cloud: Cloud, onError: (error: unknown) => void): HTMLElement {
  const done = el("p.muted", { role: "status" });
  const button = el("button.primary", {
    type: "button",
    onclick: async () => {
      button.disabled = true;
      done.textContent = `Making ${counted(SHIFT, "reading")}`;
      const worker = new WorkerClient(
        new Worker("/worker.js", { name: "report encoder" }),
        onError,
      );
      try {
        const report = await worker.ask("sample", { readings: SHIFT });
        done.textContent = "Uploading";
        const added = await cloud.upload(report, "shift.mp");
        done.textContent = added > 0
          ? `${counted(added, "reading")} stored.`
          : "The emulator already had readings with these or higher ids: ids too low.";
      } catch (error) {
        done.textContent = "";
        onError(error);
      } finally {
        worker.close();
        button.disabled = false;
      }
    },
  }, "Upload a shift of the demo line");
  return el(
    "section.card.blank.first",
    { "aria-label": "No stream is chosen" },
    el("h2", {}, "No stream is chosen"),
    el(
      "p",
      {},
      "Choose a stream in the tree. A stream appears with the first report that has a reading of it:",
    ),
    button,
    done,
    el("p", {}, "or send a report of your own:"),
    uploadCommands(),
  );
}
