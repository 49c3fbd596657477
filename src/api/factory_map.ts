/**
 * factoryMap(), everything in a factory: org, site, area, line, machine, device.
 *
 * @module
 */
import { errorMessage } from "../_error_fields.ts";
import { displayable, inspectable } from "../_inspect.ts";
import { checkNames } from "../_options.ts";
import { copyState, emptyState, type FactoryState, LEVELS, rowsOf } from "./_factory_lists.ts";
import { buildTree, type FactoryNode } from "./_factory_tree.ts";
import { named } from "./errors/_named.ts";
import { RestBaseException } from "./errors/rest_base_exception.ts";
import type { Params } from "./_query.ts";
import type { CallOptions } from "./options.ts";

/** The progress of a factory map. */
export interface FactoryProgress {
  /** Pages read so far. */
  readonly pages: number;
  /** Pages known to exist so far. */
  readonly pagesKnown: number;
  /** Rows read so far. */
  readonly rows: number;
}

/** Options of {@linkcode factoryMap}. */
export interface FactoryMapOptions {
  /** The slug of one organisation; without it, all that the account sees. */
  org?: string;
  /**
   * The largest number of requests at the same time.
   *
   * @default {8}
   */
  concurrency?: number;
  /** Rows per page; by default the server decides. */
  pageSize?: number;
  /** Stops the reading; the error has the part that was read as `partial`. */
  signal?: AbortSignal;
  /** Called after each page. */
  onProgress?: (progress: FactoryProgress) => void;
  /** A part of a map, or what its `toJSON()` returned: its pages are not read again. */
  resume?: FactoryMap | FactoryMapJson;
}

/** A factory map as JSON, to resume from. */
export interface FactoryMapJson {
  /** The version of this form. */
  readonly version: 1;
  /** The slug of the organisation; null for all. */
  readonly org: string | null;
  /** The rows that were read of each list. */
  readonly lists: Record<string, unknown>;
}

/** One row of a factory map: a device, or a place or machine without content, with all its parents. */
export interface FactoryRow {
  /** The organisation's slug. */
  org: string | null;
  /** Its name. */
  orgName: string | null;
  /** Its type. */
  orgType: string | null;
  /** The site's slug. */
  site: string | null;
  /** Its name. */
  siteName: string | null;
  /** Its type. */
  siteType: string | null;
  /** The area's slug. */
  area: string | null;
  /** Its name. */
  areaName: string | null;
  /** Its type. */
  areaType: string | null;
  /** The line's slug. */
  line: string | null;
  /** Its name. */
  lineName: string | null;
  /** Its type. */
  lineType: string | null;
  /** The machine's slug. */
  machine: string | null;
  /** Its label, or brand and model. */
  machineName: string | null;
  /** Its brand and model. */
  machineType: string | null;
  /** The device's slug. */
  device: string | null;
  /** Its label. */
  deviceName: string | null;
  /** Its connector. */
  deviceType: string | null;
}

/** The part of an Api that a factory map uses. */
export interface FactoryCloud {
  /** The resource at a path. */
  (path: string): { get(params?: Params, options?: CallOptions): Promise<unknown> };
}

/**
 * Everything in a factory, or the part of it that was read.
 *
 * @example
 * ```ts
 * import { FactoryMap } from "@archfx/cloud";
 * import { assertEquals } from "@std/assert";
 *
 * const map = new FactoryMap({ version: 1, org: "acme", lists: {} });
 * assertEquals([map.complete, map.rows()], [false, []]);
 * ```
 */
export class FactoryMap {
  static {
    inspectable(this.prototype, String);
    displayable(
      this.prototype,
      async (it) => (await import("../_deno_notebook.ts")).tableDisplay(it.rows(), String(it)),
    );
  }

  readonly #state: FactoryState;
  #tree: FactoryNode[] | undefined;

  /**
   * Restores what `toJSON()` returned.
   *
   * @param json The state.
   * @throws {TypeError} If it is something else.
   */
  constructor(json: FactoryMapJson) {
    this.#state = copyState(json);
  }

  /** Whether every list was read to its end. */
  get complete(): boolean {
    return LEVELS.every((level) => this.#state.lists[level]?.done);
  }

  /** The organisations, with all that is in them. */
  get tree(): readonly FactoryNode[] {
    return this.#tree ??= buildTree(this.#state);
  }

  /**
   * The map as a table: a row for each device, and for each place or machine with nothing in it.
   *
   * @returns Rows with slug, name and type of each level; null where a level is missing.
   */
  rows(): FactoryRow[] {
    const rows: FactoryRow[] = [];
    const visit = (node: FactoryNode, above: FactoryRow) => {
      const { level, slug, name, type, children } = node;
      const row = { ...above, [level]: slug, [`${level}Name`]: name, [`${level}Type`]: type };
      if (children.length === 0) rows.push(row);
      for (const child of children) visit(child, row);
    };
    for (const org of this.tree) visit(org, { ...EMPTY_ROW });
    return rows;
  }

  /**
   * The map as JSON, to resume from.
   *
   * @returns Plain data.
   */
  toJSON(): FactoryMapJson {
    return copyState(this.#state);
  }

  /**
   * How much there is of each level.
   *
   * @returns Such as `FactoryMap 1 org, 10 site, 2000 device`.
   */
  toString(): string {
    const counts = LEVELS.map((level) => `${rowsOf(this.#state.lists[level]).length} ${level}`);
    return `FactoryMap ${counts.join(", ")}${this.complete ? "" : " (part)"}`;
  }
}

/**
 * A factory map was aborted or failed. `partial` is the part that was read, to resume from; `cause` is the error,
 * or the reason of the abort.
 *
 * @example
 * ```ts
 * import { Api, factoryMap, FactoryMapError } from "@archfx/cloud";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const stopped = factoryMap(new Api(), { signal: AbortSignal.abort() });
 * const error = await assertRejects(() => stopped, FactoryMapError);
 * assertEquals(error.partial.rows(), []);
 * ```
 */
export class FactoryMapError extends RestBaseException {
  static {
    named(this, "FactoryMapError");
  }

  /** What was read. */
  declare readonly partial: FactoryMap;

  /**
   * Makes the error.
   *
   * @param message What could not be done, and why.
   * @param partial What was read.
   * @param options The error that caused this one.
   */
  constructor(message: string, partial: FactoryMap, options?: ErrorOptions) {
    super(message, options);
    // Not enumerable: a printed error should not contain a whole factory.
    Object.defineProperty(this, "partial", { value: partial });
  }

  /**
   * The error for JSON: name, message and how much was read, without the stack.
   *
   * @returns A plain object.
   */
  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), partial: String(this.partial) };
  }
}

const EMPTY_ROW = Object.fromEntries(
  LEVELS.flatMap((level) => [level, `${level}Name`, `${level}Type`]).map((name) => [name, null]),
) as unknown as FactoryRow;

const OPTIONS = ["org", "concurrency", "pageSize", "signal", "onProgress", "resume"];

/**
 * Reads everything in a factory: every page of every level, several requests at a time.
 * A line without an area is placed under its site, a device without a machine under its line.
 *
 * @param api The Api, logged in.
 * @param options What to read, and how.
 * @returns The map, complete.
 * @throws {FactoryMapError} If it was aborted or failed; `partial` is what was read.
 *
 * @example
 * ```ts
 * import { Api, factoryMap } from "@archfx/cloud";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => factoryMap(new Api(), { concurrency: 0 }), RangeError, "concurrency");
 * ```
 */
export async function factoryMap(
  api: FactoryCloud,
  options: FactoryMapOptions = {},
): Promise<FactoryMap> {
  checkNames(options, OPTIONS, "option of factoryMap");
  const { org, concurrency = 8, pageSize, signal, onProgress, resume } = options;
  atLeastOne("concurrency", concurrency);
  if (pageSize !== undefined) atLeastOne("pageSize", pageSize);
  const state = resume === undefined
    ? emptyState(org)
    : copyState(resume instanceof FactoryMap ? resume.toJSON() : resume);
  if (org !== undefined && state.org !== org) {
    throw new TypeError(
      `Cannot resume the map of ${state.org ?? "all organisations"} as that of ${org}`,
    );
  }
  try {
    signal?.throwIfAborted();
    const { walk } = await import("./_factory_walk.ts");
    await walk({
      get: (path, params, callOptions) => api(path).get(params, callOptions),
      state,
      concurrency,
      pageSize,
      signal,
      onAnswer: () => onProgress?.(progressOf(state)),
    });
  } catch (cause) {
    const partial = new FactoryMap(state);
    const why = errorMessage(cause);
    throw new FactoryMapError(`Cannot read the factory map to its end: ${why}`, partial, { cause });
  }
  return new FactoryMap(state);
}

function progressOf({ lists }: FactoryState): FactoryProgress {
  let pages = 0, pagesKnown = 0, rows = 0;
  for (const level of LEVELS) {
    const list = lists[level];
    const read = Object.values(list?.pages ?? {});
    pages += read.length;
    pagesKnown += list?.pageCount ?? read.length + (list?.done ? 0 : 1);
    for (const page of read) rows += page.length;
  }
  return { pages, pagesKnown, rows };
}

function atLeastOne(name: string, value: unknown): void {
  if (Number.isInteger(value) && Number(value) >= 1) return;
  throw new RangeError(`Cannot use ${String(value)} as "${name}": it must be an integer from 1`);
}
