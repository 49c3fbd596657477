/**
 * The logger of the REST client: LogTape category `["archfx", "api"]`, silent until configured.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";

/** Debug: every attempt. Info: a refreshed token. Warning: a retry, no verification. Error: a refusal. */
export const log: ReturnType<typeof getLogger> = getLogger(["archfx", "api"]);
