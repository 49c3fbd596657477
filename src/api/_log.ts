/**
 * The logger of the REST client: LogTape category `["archfx", "api"]`, silent until configured.
 *
 * LogTape is imported by the first call, not by this module: that would double the import time of the library.
 *
 * @module
 */
import type { Logger } from "@logtape/logtape";

type Level = "debug" | "info" | "warning" | "error";

let logger: Logger | undefined;
let loading: Promise<void> | undefined;
/** Lines to log when the logger is ready. */
const waiting: [level: Level, message: string, properties: Record<string, unknown>][] = [];

/** Loads the logger; later lines are logged immediately. */
export function loadLog(): Promise<void> | undefined {
  if (logger !== undefined) return undefined;
  return loading ??= import("./_logtape.ts").then(
    ({ getLogger }) => {
      logger = getLogger(["archfx", "api"]);
      for (const [level, message, properties] of waiting.splice(0)) {
        logger[level](message, properties);
      }
    },
    () => {
      // A call is more important than its log. It continues, and the next call tries to load the logger again.
      loading = undefined;
      waiting.length = 0;
    },
  );
}

const at = (level: Level) => (message: string, properties: Record<string, unknown> = {}): void => {
  if (logger !== undefined) return logger[level](message, properties);
  waiting.push([level, message, properties]);
};

/** Debug: every attempt. Info: a refreshed token. Warning: a retry, no verification. Error: a rejected login. */
export const log: Record<Level, ReturnType<typeof at>> & { isEnabledFor(level: Level): boolean } = {
  debug: at("debug"),
  info: at("info"),
  warning: at("warning"),
  error: at("error"),
  isEnabledFor: (level) => logger?.isEnabledFor(level) ?? true,
};
