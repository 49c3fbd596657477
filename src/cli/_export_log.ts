/**
 * The record of an export: a line of JSON for each file, written when the file is complete and verified. An
 * interrupted run continues where it stopped.
 *
 * @module
 */
import { appendFile, mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { isRecord } from "../_is_record.ts";
import { CommandError, fileError } from "./_errors.ts";

const NAME = "export.ndjson";

/** One day of one stream. */
interface ExportedDay {
  readonly stream: string;
  /** `2026-03-02`, UTC. */
  readonly day: string;
  /** The requested part of the day, ISO 8601; the end is not included. */
  readonly start: string;
  readonly end: string;
  readonly readings: number;
  readonly bytes: number;
}

function isDay(line: unknown): line is ExportedDay {
  return isRecord(line) && typeof line.stream === "string" && typeof line.day === "string";
}

/** The types of older Node versions lack this option, which they support. */
const SYNCED: { readonly encoding: "utf8"; readonly flush: boolean } = {
  encoding: "utf8",
  flush: true,
};

/** What is exported. It must be the same in every run into a folder. */
interface ExportOf {
  readonly server: string;
  readonly place: string;
}

/** The record in a folder. */
export class ExportLog {
  readonly #folder: string;
  readonly #days = new Map<string, ExportedDay>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Opens the record, or starts one.
   *
   * @throws {CommandError} If the folder holds another export, or files that are not from an export.
   */
  static async open(folder: string, of: ExportOf): Promise<ExportLog> {
    const log = new ExportLog(folder);
    const path = join(folder, NAME);
    try {
      await mkdir(folder, { recursive: true });
      const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return undefined;
        throw error;
      });
      if (text === undefined) {
        await appendFile(path, JSON.stringify({ version: 1, ...of }) + "\n");
        return log;
      }
      const [head, ...lines] = text.split("\n").map(parsed);
      const known = isRecord(head) ? head : {};
      if (known.version !== 1 || known.server !== of.server || known.place !== of.place) {
        const what = known.place === undefined
          ? "something else"
          : `${known.place} of ${known.server}`;
        throw new CommandError(
          `Cannot export ${of.place} into "${folder}": it has the export of ${what}: use another folder`,
        );
      }
      for (const line of lines) {
        // The last line may be incomplete after a kill; that day is exported again.
        if (isDay(line)) log.#keep(line);
      }
      if (!text.endsWith("\n")) await appendFile(path, "\n");
      return log;
    } catch (error) {
      throw error instanceof CommandError ? error : fileError("write", path, error);
    }
  }

  /** The file of a day. */
  file(stream: string, day: string): string {
    return join(this.#folder, stream, `${day}.parquet`);
  }

  /** A day that an earlier run has exported as far as `end`, if its file is still there. */
  async done(
    stream: string,
    day: string,
    start: string,
    end: string,
  ): Promise<ExportedDay | undefined> {
    const known = this.#days.get(`${stream}/${day}`);
    if (known === undefined || known.start > start || known.end < end) return undefined;
    const size = await stat(this.file(stream, day)).then(({ size }) => size, () => -1);
    return size === known.bytes ? known : undefined;
  }

  /** Records a day. */
  async add(day: ExportedDay): Promise<void> {
    const path = join(this.#folder, NAME);
    try {
      await appendFile(path, JSON.stringify(day) + "\n", SYNCED);
    } catch (error) {
      throw fileError("write", path, error);
    }
    this.#keep(day);
  }

  #keep(day: ExportedDay): void {
    this.#days.set(`${day.stream}/${day.day}`, day);
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
