/// <reference lib="dom" />
/**
 * The inspector as a separate page.
 *
 * @module
 */
import { mountInspector } from "./inspector.ts";
import { themeButton } from "./theme.ts";

/** The worker's program, inserted by the build: a page that is opened from a file cannot fetch it. */
declare const WORKER_PROGRAM: string;

const program = URL.createObjectURL(new Blob([WORKER_PROGRAM], { type: "text/javascript" }));

document.querySelector("#theme")!.replaceWith(themeButton());
mountInspector(document.querySelector<HTMLElement>("#inspector")!, {
  worker: () => new Worker(program, { name: "report decoder" }),
  dropOn: document.body,
});
