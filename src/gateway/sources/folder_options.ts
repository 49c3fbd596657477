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
   * to `done/` when its readings are durable. `append`: files grow and are never moved; each is read from where
   * the source was, also after it was renamed.
   *
   * @default {"complete"}
   */
  readonly mode?: "complete" | "append";
  /**
   * Which names are read: `*` stands for any characters, `?` for one. Names that begin with a dot, and those that
   * end in `.bad`, `.part` or `.tmp`, never are.
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
   * How many bad rows a complete file may have. One with more goes to `failed/`, and none of its readings is stored.
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

/** Options with nothing left open. */
export type SettledFolderOptions =
  & Required<Omit<FolderOptions, keyof TextOptions | "match">>
  & TextOptions
  & { readonly matches: (name: string) => boolean };

/** A path in the folder. */
export function inFolder(options: Pick<SettledFolderOptions, "path">, ...names: string[]): string {
  return join(options.path, ...names);
}
