/**
 * The logger of the REST client: LogTape category `["archfx", "api"]`, silent until configured.
 *
 * LogTape is imported by the first call, not with this module: that would take half of the time in which
 * the library is imported.
 *
 * @module
 */
import type { Logger } from "@logtape/logtape";

type Level = "debug" | "info" | "warning" | "error";

let logger: Logger | undefined;
let loading: Promise<void> | undefined;
/** What was to be logged before there was a logger. */
const waiting: [level: Level, message: string, properties: Record<string, unknown>][] = [];

/** Makes the logger ready; what follows is logged at once. */
export function loadLog(): Promise<void> | undefined {
  if (logger !== undefined) return undefined;
  return loading ??= import("./_logtape.ts").then(({ getLogger }) => {
    logger = getLogger(["archfx", "api"]);
    for (const [level, message, properties] of waiting.splice(0)) {
      logger[level](message, properties);
    }
  });
}

const at = (level: Level) => (message: string, properties: Record<string, unknown> = {}): void => {
  if (logger !== undefined) return logger[level](message, properties);
  waiting.push([level, message, properties]);
};

/** Debug: every attempt. Info: a refreshed token. Warning: a retry, no verification. Error: a refusal. */
export const log: Record<Level, ReturnType<typeof at>> & { isEnabledFor(level: Level): boolean } = {
  debug: at("debug"),
  info: at("info"),
  warning: at("warning"),
  error: at("error"),
  isEnabledFor: (level) => logger?.isEnabledFor(level) ?? true,
};
