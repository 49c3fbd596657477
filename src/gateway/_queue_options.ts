/**
 * The options of a queue, checked by name.
 *
 * @module
 */
import { checkNames } from "../_options.ts";
import { shown } from "../_shown.ts";
import type { HostOptions } from "./_store_host.ts";
import type { QueueOptions } from "./types.ts";

const DEFAULTS: HostOptions = {
  overflow: "block",
  maxBytes: 10 * 2 ** 30,
  minFreeBytes: 2 ** 30,
  reserveBytes: 16 * 2 ** 20,
  syncMs: 2,
};

/**
 * The options with defaults, or an error that names the invalid option.
 *
 * @throws {TypeError} If an option is unknown or out of range.
 */
export function queueOptions(options: QueueOptions): HostOptions {
  checkNames(options, [...Object.keys(DEFAULTS), "maxAgeMs"], "option of openQueue");
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const settled: HostOptions = { ...DEFAULTS, ...Object.fromEntries(given) };
  const { overflow, maxBytes, maxAgeMs, minFreeBytes, reserveBytes, syncMs } = settled;
  const check = (name: string, value: unknown, rule: string, holds: boolean) => {
    if (!holds) throw new TypeError(`Cannot use ${shown(value)} as "${name}": it must be ${rule}`);
  };
  check(
    "overflow",
    overflow,
    '"block", "reject" or "drop-oldest"',
    ["block", "reject", "drop-oldest"].includes(overflow),
  );
  check("maxBytes", maxBytes, "a number of bytes above 0", maxBytes > 0);
  check("minFreeBytes", minFreeBytes, "a number of bytes from 0", minFreeBytes >= 0);
  check("reserveBytes", reserveBytes, "a number of bytes from 0", reserveBytes >= 0);
  check("syncMs", syncMs, "from 0 to 1000 ms", syncMs >= 0 && syncMs <= 1000);
  if (maxAgeMs !== undefined) {
    check("maxAgeMs", maxAgeMs, "a number of milliseconds above 0", maxAgeMs > 0);
    check("maxAgeMs", maxAgeMs, 'used with overflow "drop-oldest"', overflow === "drop-oldest");
  }
  return settled;
}
