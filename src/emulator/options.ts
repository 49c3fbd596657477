/** The options of an emulator, checked by name. */
import type { Seed } from "./seeds/seed.ts";
import { checkCounting, type CheckedCounting, type CountingOptions } from "./reports/counting.ts";

/** The options of an emulator. */
export interface EmulatorOptions {
  /**
   * The file of the store. Its content is kept; a file that does not exist is created.
   *
   * @default {":memory:"}
   */
  readonly db?: string;
  /**
   * The first data of a new store: `demo`, `empty`, the path of a JSON file, or a seed object. A store with data
   * is not changed.
   *
   * @default {"demo"}
   */
  readonly seed?: "demo" | "empty" | string | Seed;
  /** A folder with an export; it replaces the content of the store, and the seed. */
  readonly importFrom?: string;
  /**
   * How long an access token lives, in seconds.
   *
   * @default {3600}
   */
  readonly accessTokenSeconds?: number;
  /**
   * How long a refresh token lives, in seconds.
   *
   * @default {604800}
   */
  readonly refreshTokenSeconds?: number;
  /**
   * The largest body of a request, in bytes.
   *
   * @default {268435456}
   */
  readonly maxBodyBytes?: number;
  /**
   * When reports are counted: before the response, or later by workers and out of order.
   *
   * @default {{ workers: 0 }}
   */
  readonly counting?: CountingOptions;
  /**
   * The clock, in milliseconds since the Unix epoch, for tests of expiry.
   *
   * @default {Date.now}
   */
  readonly now?: () => number;
  /**
   * Called with one line for each response with status 500.
   *
   * @default writes to standard error
   */
  readonly log?: (line: string) => void;
}

/** The options with all defaults filled in. */
type CheckedOptions =
  & Required<Omit<EmulatorOptions, "importFrom" | "counting">>
  & Pick<EmulatorOptions, "importFrom">
  & { readonly counting: CheckedCounting };

const DEFAULTS: Omit<CheckedOptions, "counting"> & Pick<EmulatorOptions, "counting"> = {
  db: ":memory:",
  seed: "demo",
  accessTokenSeconds: 3600,
  refreshTokenSeconds: 7 * 86_400,
  maxBodyBytes: 256 * 1024 * 1024,
  counting: {},
  now: () => Date.now(),
  log: (line) => console.error(`archfx emulator: ${line}`),
};

/**
 * Checks options.
 *
 * @throws TypeError If an option is unknown or out of range; the message names it.
 */
export function checkOptions(options: EmulatorOptions): CheckedOptions {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(DEFAULTS, name) && name !== "importFrom") {
      throw new TypeError(
        `Cannot use "${name}" as option of createEmulator: there are ${
          [...Object.keys(DEFAULTS), "importFrom"].join(", ")
        }`,
      );
    }
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const settled = { ...DEFAULTS, ...Object.fromEntries(given) };
  const checked: CheckedOptions = { ...settled, counting: checkCounting(settled.counting) };
  for (const name of ["db", "importFrom"] as const) {
    const value = checked[name];
    if (value !== undefined && (typeof value !== "string" || value === "")) {
      throw invalidOption(name, value, "must be a path");
    }
  }
  if (typeof checked.seed !== "string" && (typeof checked.seed !== "object" || !checked.seed)) {
    throw invalidOption("seed", checked.seed, "must be a name, a path or a seed");
  }
  for (const name of ["accessTokenSeconds", "refreshTokenSeconds"] as const) {
    if (!(checked[name] > 0)) throw invalidOption(name, checked[name], "must be above 0");
  }
  if (!(Number.isSafeInteger(checked.maxBodyBytes) && checked.maxBodyBytes > 0)) {
    throw invalidOption("maxBodyBytes", checked.maxBodyBytes, "must be a positive integer");
  }
  for (const name of ["now", "log"] as const) {
    if (typeof checked[name] !== "function") {
      throw invalidOption(name, checked[name], "must be a function");
    }
  }
  return checked;
}

function invalidOption(name: string, value: unknown, rule: string): TypeError {
  return new TypeError(
    `Cannot make an emulator: "${name}" ${rule}; the current value is ${String(value)}`,
  );
}
