/**
 * The logger of the gateway: LogTape category `["archfx", "gateway"]`, silent until configured.
 *
 * @module
 */
import type { Logger } from "@logtape/logtape";

let logger: Logger | undefined;

/** Prepares the logger. */
export async function loadGatewayLog(): Promise<void> {
  logger ??= (await import("@logtape/logtape")).getLogger(["archfx", "gateway"]);
}

const at = (level: "debug" | "info" | "warning" | "error") =>
(
  message: string,
  properties: Record<string, unknown> = {},
): void => {
  // Texts from outside may contain braces, which LogTape would treat as placeholders.
  if (Object.keys(properties).length > 0) logger?.[level](message, properties);
  else logger?.[level]("{message}", { message });
};

/** Info: starts and stops. Warning: something is tried again. Error: a person must look at it. */
export const gatewayLog = {
  debug: at("debug"),
  info: at("info"),
  warning: at("warning"),
  error: at("error"),
};
