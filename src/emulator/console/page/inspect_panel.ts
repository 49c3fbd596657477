/// <reference lib="dom" />
/**
 * Inspects a report that is dropped on the console, and sends it to the emulator on request.
 *
 * @module
 */
import { el } from "../../../inspector/dom.ts";
import { counted } from "../../../inspector/format.ts";
import { mountInspector } from "../../../inspector/inspector.ts";
import type { Cloud } from "./cloud.ts";

/** The inspector on the page. */
interface InspectPanel {
  readonly element: HTMLElement;
  close(): void;
}

/**
 * Make the panel.
 *
 * @param cloud the cloud that reports are sent to
 * @param onDrop called when a report was dropped anywhere on the page
 * @param onError called with an error
 */
export function inspectPanel(
  cloud: Cloud,
  onDrop: () => void,
  onError: (error: unknown) => void,
): InspectPanel {
  const element = el("div");
  const inspector = mountInspector(element, {
    worker: () => new Worker("/worker.js", { name: "report decoder" }),
    dropOn: document.body,
    prefix: "report-",
    onOpen: onDrop,
    action(file, name) {
      const outcome = el("span.muted", { role: "status" });
      const button = el("button.primary", {
        type: "button",
        onclick: async () => {
          button.disabled = true;
          outcome.textContent = "Sending";
          try {
            const added = await cloud.upload(file, name);
            outcome.textContent = added === 0
              ? "Nothing in it was new: its ids are too low."
              : `${counted(added, "reading")} added.`;
          } catch (error) {
            outcome.textContent = "Not stored.";
            onError(error);
          } finally {
            button.disabled = false;
          }
        },
      }, "Send to the emulator");
      return [outcome, button];
    },
  });
  return { element, close: () => inspector.close() };
}
