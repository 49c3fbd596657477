/**
 * folderSource(), readings in the files of a folder.
 *
 * @module
 */
import fs from "node:fs/promises";
import { errorCode, errorMessage } from "../../_error_fields.ts";
import { checkNames, withoutUndefined } from "../../_options.ts";
import { pause } from "../_pauses.ts";
import type { ReadingSink, ReadingSource } from "../types.ts";
import { AppendFolder } from "./_append.ts";
import { CompleteFolder } from "./_complete.ts";
import { nameMatcher } from "./_names.ts";
import { checkTextOptions } from "./_parse.ts";
import type { FolderOptions, SettledFolderOptions } from "./folder_options.ts";

export type { FolderOptions };

const NAMES = [
  "path",
  "name",
  "mode",
  "match",
  "settleMs",
  "done",
  "maxBadRows",
  "pollMs",
  "format",
  "device",
  "streamer",
  "read",
];

/**
 * A source that reads the files of a folder, CSV or NDJSON, each reading exactly once: its position is committed
 * together with the readings.
 *
 * @param options The folder, the files, and how they are read.
 * @returns The source, for a `Gateway`.
 * @throws {TypeError} If an option is not valid.
 *
 * @example
 * ```ts
 * import { folderSource } from "@archfx/cloud/gateway";
 * import { assertEquals } from "@std/assert";
 *
 * const source = folderSource({
 *   path: "/var/spool/line-1",
 *   match: "*.csv",
 *   device: "d--1",
 *   read: { stream: "0001-5090" },
 * });
 * assertEquals(source.name, "/var/spool/line-1");
 * ```
 */
export function folderSource(options: FolderOptions): ReadingSource {
  checkNames(options, NAMES, "option of folderSource");
  const { match = "*", ...rest } = options;
  const settled: SettledFolderOptions = {
    name: options.path,
    mode: "complete",
    settleMs: 1000,
    done: "move",
    maxBadRows: 1000,
    pollMs: 1000,
    ...withoutUndefined(rest),
    matches: nameMatcher(match),
  };
  check("path", settled.path, "a path", (it) => typeof it === "string" && it !== "");
  check(
    "mode",
    settled.mode,
    '"complete" or "append"',
    (it) => it === "complete" || it === "append",
  );
  check("done", settled.done, '"move" or "remove"', (it) => it === "move" || it === "remove");
  check(
    "format",
    settled.format ?? "csv",
    '"csv" or "ndjson"',
    (it) => it === "csv" || it === "ndjson",
  );
  for (const name of ["settleMs", "pollMs", "maxBadRows"] as const) {
    check(name, settled[name], "a number from 0", (it) => typeof it === "number" && it >= 0);
  }
  checkTextOptions(settled);
  return {
    name: settled.name,
    run: (sink, signal) => watch(settled, sink, signal),
  };
}

function check(name: string, value: unknown, rule: string, holds: (value: unknown) => boolean) {
  if (holds(value)) return;
  throw new TypeError(`Cannot use ${JSON.stringify(value)} as "${name}": it must be ${rule}`);
}

async function watch(
  options: SettledFolderOptions,
  sink: ReadingSink,
  signal: AbortSignal,
): Promise<void> {
  const position = await sink.position();
  const folder = options.mode === "append"
    ? new AppendFolder(options, sink, position)
    : new CompleteFolder(options, sink, position);
  try {
    while (!signal.aborted) {
      let names: string[];
      try {
        names = (await fs.readdir(options.path, { withFileTypes: true }))
          .filter((entry) => entry.isFile())
          .map(({ name }) => name)
          .sort();
      } catch (error) {
        const isGone = errorCode(error) === "ENOENT";
        const reason = isGone ? "the folder does not exist" : errorMessage(error);
        throw new Error(`Cannot read the folder "${options.path}": ${reason}`);
      }
      await folder.visit(names, signal);
      await pause(options.pollMs, signal).catch(() => {}); // The loop ends then.
    }
  } finally {
    await folder.close();
  }
}
