/// <reference lib="dom" />
/**
 * Commands to run against this emulator, for views that are still empty.
 *
 * @module
 */
import { el } from "../../../inspector/dom.ts";

/** The commands that log in to this emulator and send a report. */
export function uploadCommands(): HTMLElement {
  return commands(
    `archfx login --domain ${location.origin} --email user@example.com`,
    `archfx report upload report.mp --domain ${location.origin}`,
  );
}

/** Command lines, with a button that copies them. */
export function commands(...lines: string[]): HTMLElement {
  const text = lines.join("\n");
  return el("div.commands", {}, el("pre", {}, text), copyButton(() => text, "Copy the commands"));
}

/** A button that copies a text and says so. */
export function copyButton(text: () => string, label: string, title = "Copy"): HTMLElement {
  const done = el("span.muted", { role: "status" });
  return el(
    "span.copy",
    {},
    el("button.small", {
      type: "button",
      "aria-label": label,
      onclick: async () => {
        await navigator.clipboard.writeText(text());
        done.textContent = "Copied";
        setTimeout(() => done.textContent = "", 2000);
      },
    }, title),
    done,
  );
}
