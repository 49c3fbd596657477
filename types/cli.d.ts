/**
 * Types for the functions used of `cli-progress` 3.12, `ini` 6.0 and `@std/cli` 1, which npm carries as
 * plain JavaScript. Shapes follow their documentation. Other compilers do not see this file: they take
 * what comes from these modules for `any`, and the sources must compile so too.
 */
declare module "cli-progress" {
  export interface Options {
    stream?: unknown;
    clearOnComplete?: boolean;
    stopOnComplete?: boolean;
    hideCursor?: boolean | null;
    fps?: number;
    gracefulExit?: boolean;
    barsize?: number;
    format?: (options: { barsize: number }, state: { value: number; total: number }) => string;
  }
  export class SingleBar {
    constructor(options?: Options);
    start(total: number, value: number): void;
    setTotal(total: number): void;
    update(value: number): void;
    stop(): void;
  }
  const progress: { SingleBar: typeof SingleBar };
  export default progress;
}

declare module "ini" {
  /** Sections are objects; values are text. */
  export function parse(text: string): Record<string, string | Record<string, string>>;
}

declare module "@std/cli/parse-args" {
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
}
