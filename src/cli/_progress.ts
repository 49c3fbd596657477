/**
 * A progress bar on standard error, if that is a terminal.
 *
 * @module
 */
import process from "node:process";
import type { Context } from "./_command.ts";

/** The progress of a long task. */
export interface Progress {
  /** Sets how much of the total is done. */
  update(done: number, total?: number): void;
  /** Sets the text beside the bar, which says what the task is waiting for. An empty text removes it. */
  say(text: string): void;
  /** Removes the bar. */
  stop(): void;
}

const silent: Progress = { update() {}, say() {}, stop() {} };

/**
 * Shows a bar.
 *
 * @param context The bar is shown only on a terminal and without `--quiet`.
 * @param label What is being done.
 * @param total How much there is to do.
 * @param unit The unit; `"bytes"` is shown in MB.
 */
export async function showProgress(
  context: Context,
  label: string,
  total: number,
  unit = "bytes",
): Promise<Progress> {
  if (!context.io.errorIsTerminal || context.quiet || total <= 0) return silent;
  const { default: { SingleBar } } = await import("cli-progress");
  const size = (value: number) => unit === "bytes" ? (value / 1e6).toFixed(1) : String(value);
  const shownUnit = unit === "bytes" ? "MB" : unit;
  let beside = "";
  const bar = new SingleBar({
    stream: process.stderr,
    clearOnComplete: true,
    stopOnComplete: false,
    hideCursor: true,
    // The code around the command cleans up on Ctrl-C.
    gracefulExit: false,
    fps: 8,
    barsize: 30,
    format: (options: { barsize: number }, state: { value: number; total: number }) => {
      const part = Math.min(1, state.total > 0 ? state.value / state.total : 0);
      const full = Math.round(part * options.barsize);
      const blocks = "█".repeat(full) + "░".repeat(options.barsize - full);
      const percent = `${Math.floor(part * 100)}%`.padStart(4);
      return `${label} ${blocks} ${percent}  ${size(state.value)}/${
        size(state.total)
      } ${shownUnit}${beside}`;
    },
  });
  bar.start(total, 0);
  return {
    update(done, newTotal) {
      if (newTotal !== undefined) bar.setTotal(newTotal);
      bar.update(done);
    },
    say(text) {
      const said = text === "" ? "" : `  ${text}`;
      if (said === beside) return;
      beside = said;
    },
    stop: () => bar.stop(),
  };
}
