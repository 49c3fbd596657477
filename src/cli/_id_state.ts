/**
 * A small JSON file that keeps the next ids between runs.
 *
 * ```json
 * { "version": 1,
 *   "next": { "t--0000-0000-0000-0001--0100": 22696 },
 *   "files": [{ "path": "line-1.csv", "size": 70361, "sha256": "4f1c…", "readings": 3843,
 *               "reports": [{ "streamer": "t--0000-0000-0000-0001--0100", "first": 1, "last": 1281 }] }] }
 * ```
 *
 * `files` are the files that have been encoded: a later run skips them.
 *
 * Ids are reserved before the report gets its name. A crash in between leaves a gap, which the cloud accepts. No
 * id is used twice, because the cloud would drop the second reading. The reservation is a compare-and-swap: of
 * two runs that began with the same ids, one fails.
 *
 * `NAME.commits` beside it holds the ids themselves. A person may write a higher id into the file; it is then
 * used. A lower one is ignored, because the cloud would drop its readings.
 *
 * @module
 */
import { withoutMark } from "../_byte_order_mark.ts";
import { errorPath } from "../_error_fields.ts";
import { isSafeInteger } from "../_integers.ts";
import { isRecord } from "../_is_record.ts";
import { CommittedFile, type CommittedFileOptions } from "./_committed_file.ts";
import { CommandError, fileError } from "./_errors.ts";
import { type LockOptions, withLock } from "../_node_file_lock.ts";

/** The next id of each streamer, by its slug. */
export type NextIds = Map<string, number>;

/** A file that has been encoded. */
export interface FinishedFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly readings: number;
  /** The ids of its readings by streamer. */
  readonly reports: readonly {
    readonly streamer: string;
    readonly first: number;
    readonly last: number;
  }[];
}

/** How long to wait for another process, and what to do with a file that lags behind. */
interface IdStateOptions extends LockOptions, CommittedFileOptions {
  /** Called if the file has a lower id than earlier runs have reserved; `written` is `undefined` if it has no id. */
  onLower?: (streamer: string, written: number | undefined, used: number) => void;
}

/**
 * Runs a task with the next ids. Other processes wait meanwhile.
 *
 * @param path The file; it is created if it does not exist.
 * @param task Gets the next ids and the finished files, which it changes in place, and a function that saves
 * both. It must call that function once, before anything with these ids becomes visible.
 * @param options How long to wait for another process.
 * @throws {CommandError} If another process has reserved ids since this one read them.
 */
export async function withIdState<T>(
  path: string,
  task: (next: NextIds, save: () => Promise<void>, files: FinishedFile[]) => Promise<T>,
  options: IdStateOptions = {},
): Promise<T> {
  const file = await naming(path, CommittedFile.at(path, options));
  const locked = () =>
    withLock(file.lock, async () => {
      const base = await naming(path, file.read(), "read");
      const next = parse(path, base.text);
      const files = finishedFiles(base.text);
      // The copy may be older than the committed content, or a person may have edited it.
      const copy = parse(path, base.copy);
      for (const [streamer, id] of next) {
        const written = copy.get(streamer);
        if (written === undefined || written < id) options.onLower?.(streamer, written, id);
      }
      for (const [streamer, id] of copy) next.set(streamer, Math.max(id, next.get(streamer) ?? 1));
      return await task(next, async () => {
        const text = JSON.stringify(
          {
            version: 1,
            next: Object.fromEntries(next),
            ...(files.length > 0 && { files }),
          },
          null,
          2,
        );
        const draft = await naming(path, file.draft(base));
        try {
          if (await naming(path, draft.commit(text + "\n"))) return;
        } finally {
          await draft.abandon();
        }
        throw new CommandError(
          `Cannot reserve ids in "${path}": another run reserved the same ids while this one was ` +
            "stopped; no report was written, run the command again",
        );
      }, files);
    }, { timeoutMs: 600_000, ...options });
  try {
    return await locked();
  } catch (error) {
    // The folder does not exist, or is not writable.
    if (errorPath(error) === file.lock) throw fileError("write", path, error);
    throw error;
  }
}

async function naming<T>(path: string, task: Promise<T>, action = "write"): Promise<T> {
  try {
    return await task;
  } catch (error) {
    throw fileError(action, path, error);
  }
}

function parse(path: string, text: string | undefined): NextIds {
  const next: NextIds = new Map();
  if (text === undefined || text === "") return next;
  const invalid = (rule: string) =>
    new CommandError(`Cannot read the next ids in "${path}": ${rule}`);
  let data: unknown;
  try {
    data = JSON.parse(withoutMark(text));
  } catch {
    throw invalid("it is not JSON");
  }
  if (!isRecord(data) || data.version !== 1 || !isRecord(data.next)) {
    throw invalid('it must be { "version": 1, "next": { ... } }');
  }
  for (const [streamer, id] of Object.entries(data.next)) {
    if (!isSafeInteger(id) || id < 1) {
      throw invalid(`the id of ${streamer} must be an integer from 1 to 2^53-1`);
    }
    next.set(streamer, id);
  }
  return next;
}

/** The finished files of a state. Invalid entries are ignored; at worst, a file is encoded again. */
function finishedFiles(text: string | undefined): FinishedFile[] {
  if (text === undefined || text === "") return [];
  const state: unknown = JSON.parse(withoutMark(text));
  if (!isRecord(state) || !Array.isArray(state.files)) return [];
  return state.files.filter((it): it is FinishedFile =>
    typeof it?.path === "string" && typeof it.sha256 === "string" && Array.isArray(it.reports)
  );
}
