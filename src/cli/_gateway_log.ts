/**
 * The log of a gateway: lines on standard error, as text or as JSON.
 *
 * @module
 */
import { formatLogLine } from "../_log_line.ts";
import type { Context } from "./_command.ts";

/** Whether a gateway is shown as a live view. */
export function isShown({ io, quiet, verbose }: Context): boolean {
  return io.outputIsTerminal && io.errorIsTerminal && io.env.TERM !== "dumb" && !quiet && !verbose;
}

/** Starts writing the log. On a terminal, the live view shows the latest lines instead. */
export async function showGatewayLog(context: Context, json: boolean): Promise<void> {
  const { configure } = await import("@logtape/logtape");
  const lowestLevel = context.verbose ? "debug" : context.quiet ? "error" : "info";
  await configure({
    reset: true,
    sinks: {
      stderr: (record) => {
        if (isShown(context)) return;
        context.io.writeError(json ? jsonLine(record) : formatLogLine(record));
      },
    },
    loggers: [
      { category: ["archfx"], sinks: ["stderr"], lowestLevel },
      { category: ["logtape", "meta"], sinks: ["stderr"], lowestLevel: "warning" },
    ],
  });
}

function jsonLine(record: Parameters<typeof formatLogLine>[0]): string {
  return JSON.stringify({
    time: new Date(record.timestamp).toISOString(),
    level: record.level,
    category: record.category.join("."),
    message: record.message.map(String).join(""),
  }) + "\n";
}
