/**
 * The logger of the gateway: LogTape category `["archfx", "gateway"]`, silent until configured.
 *
 * @module
 */
import type { Logger } from "@logtape/logtape";

let logger: Logger | undefined;

/** Makes the logger ready. */
export async function loadGatewayLog(): Promise<void> {
  logger ??= (await import("@logtape/logtape")).getLogger(["archfx", "gateway"]);
}

const at = (level: "debug" | "info" | "warning" | "error") =>
(
  message: string,
  properties: Record<string, unknown> = {},
): void => {
  // Texts of others may have braces, which are placeholders to LogTape.
  if (Object.keys(properties).length > 0) logger?.[level](message, properties);
  else logger?.[level]("{message}", { message });
};

/** Info: what starts and stops. Warning: what is tried again. Error: what a person must look at. */
export const gatewayLog = {
  debug: at("debug"),
  info: at("info"),
  warning: at("warning"),
  error: at("error"),
};
