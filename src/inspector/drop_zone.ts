/// <reference lib="dom" />
/**
 * Opens a report: dropped, chosen, or a generated sample.
 *
 * @module
 */
import { el } from "./dom.ts";
import { counted } from "./format.ts";

/** Sizes of the sample reports; the second has about 100 MB. */
const SAMPLES = [20_000, 1_000_000];

/** The two forms of the drop zone: for an empty inspector and for one with an open report. */
interface DropZone {
  large(): HTMLElement;
  small(): HTMLElement;
}

/**
 * Accept files that are dropped on an element.
 *
 * @param root where they may be dropped
 * @param on called with the first file, or with the number of readings of a sample
 */
export function dropZone(
  root: HTMLElement,
  { onFile, onSample }: { onFile(file: File): void; onSample(readings: number): void },
): DropZone {
  let depth = 0;
  const over = (change: number) => {
    depth = Math.max(0, depth + change);
    root.classList.toggle("dropping", depth > 0);
  };
  const carriesFile = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;

  root.addEventListener("dragenter", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    over(1);
  });
  root.addEventListener("dragleave", (event) => {
    if (carriesFile(event)) over(-1);
  });
  root.addEventListener("dragover", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    event.dataTransfer!.dropEffect = "copy";
  });
  root.addEventListener("drop", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    depth = 0;
    over(0);
    const file = event.dataTransfer!.files[0];
    if (file !== undefined) onFile(file);
  });

  function chooser(): HTMLInputElement {
    const input = el("input.visually-hidden", {
      type: "file",
      accept: ".mp,.bin,application/octet-stream",
      tabindex: "-1",
      "aria-hidden": "true",
      onchange: () => {
        const file = input.files?.[0];
        input.value = "";
        if (file !== undefined) onFile(file);
      },
    });
    return input;
  }

  return {
    large() {
      const input = chooser();
      return el(
        "div.drop",
        {},
        el("h2", {}, "Drop a report here"),
        el(
          "p.muted",
          {},
          "A streamer report in v200 form, as ",
          el("code", {}, "report.mp"),
          ". It is read on this machine and is not sent anywhere.",
        ),
        el(
          "button.primary",
          { type: "button", onclick: () => input.click() },
          "Choose a file",
        ),
        input,
        el(
          "p.muted.samples",
          {},
          "No report at hand? Make one of ",
          ...SAMPLES.flatMap((readings, at) => [
            at > 0 && " or ",
            el(
              "button.link",
              { type: "button", onclick: () => onSample(readings) },
              counted(readings, "reading"),
            ),
          ]),
          ".",
        ),
      );
    },
    small() {
      const input = chooser();
      return el(
        "span",
        {},
        el("button", { type: "button", onclick: () => input.click() }, "Open another"),
        input,
      );
    },
  };
}
