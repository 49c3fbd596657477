/**
 * FolderOptions, how the files of a folder are read.
 *
 * @module
 */
import { join } from "node:path";
import type { TextOptions } from "./_parse.ts";

/** How the files of a folder are read. */
export interface FolderOptions extends TextOptions {
  /** The folder. */
  readonly path: string;
  /**
   * The name of the source.
   *
   * @default {the path}
   */
  readonly name?: string;
  /**
   * `complete`: a file is read when it is complete (renamed into the folder, or unchanged for `settleMs`), and moved
   * to `done/` when its readings are durable. `append`: files grow and are never moved; each file is read from
   * the stored position, even after it was renamed.
   *
   * @default {"complete"}
   */
  readonly mode?: "complete" | "append";
  /**
   * Pattern for the names of the files that are read: `*` stands for any characters, `?` for one. Names that
   * begin with a dot or end in `.bad`, `.part` or `.tmp` are never read.
   *
   * @default {"*"}
   */
  readonly match?: string;
  /**
   * How long a file must be unchanged until it is complete, in milliseconds.
   *
   * @default {1_000}
   */
  readonly settleMs?: number;
  /**
   * What happens to a complete file whose readings are durable.
   *
   * @default {"move"}
   */
  readonly done?: "move" | "remove";
  /**
   * How many bad rows a complete file may have. A file with more is moved to `failed/`, and none of its readings
   * are stored.
   *
   * @default {1_000}
   */
  readonly maxBadRows?: number;
  /**
   * How often the folder is read, in milliseconds.
   *
   * @default {1_000}
   */
  readonly pollMs?: number;
}

/** Options with all defaults. */
export type SettledFolderOptions =
  & Required<Omit<FolderOptions, keyof TextOptions | "match">>
  & TextOptions
  & { readonly matches: (name: string) => boolean };

/** A path in the folder. */
export function inFolder(options: Pick<SettledFolderOptions, "path">, ...names: string[]): string {
  return join(options.path, ...names);
}
