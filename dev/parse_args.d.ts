/**
 * Types for the functions used of `@std/cli`, which npm carries as plain JavaScript (`npm:deno-std`).
 * Shapes follow the documentation of `@std/cli` 1.
 */
/** What `parseArgs` returns: the options by name, positional arguments in `_`. */
export interface ParsedArgs {
  // deno-lint-ignore no-explicit-any
  [name: string]: any;
  _: (string | number)[];
  "--"?: string[];
}
export interface ParseOptions {
  "--"?: boolean;
  alias?: Record<string, string | readonly string[]>;
  boolean?: boolean | string | readonly string[];
  default?: Record<string, unknown>;
  stopEarly?: boolean;
  string?: string | readonly string[];
  collect?: string | readonly string[];
  negatable?: string | readonly string[];
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}
export function parseArgs(args: string[], options?: ParseOptions): ParsedArgs;
