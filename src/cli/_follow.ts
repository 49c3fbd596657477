/**
 * `archfx data --follow`: prints readings as they arrive, as lines or as a moving chart.
 *
 * @module
 */
import type { Api } from "../api/mod.ts";
import { stream } from "../api/mod.ts";
import type { ReadingColumns } from "../readings/mod.ts";
import type { ArchFxStreamSlug } from "../slugs/mod.ts";
import { streamTitle } from "../_stream_unit.ts";
import type { Context } from "./_command.ts";
import { csvHead, readingLines } from "./_reading_rows.ts";
import { followLines } from "./_follow_view.ts";
import { MovingScreen } from "./_moving_screen.ts";
import { chartText, type StreamChart } from "./_stream_charts.ts";
import { mergeByTime } from "./_stream_sources.ts";

/** The time between two queries, ms. */
const PAUSE_MS = 2_000;

/** The range of a chart if none was given, µs. */
const WINDOW = 600_000_000n;

/** What is followed. */
interface FollowOptions {
  readonly slugs: readonly ArchFxStreamSlug[];
  /** The first time, µs. */
  readonly start: bigint | undefined;
  /** How much time a chart shows, µs. */
  readonly window: bigint | undefined;
  readonly format: "csv" | "ndjson" | "chart";
}

/** Runs until the command is stopped. */
export async function follow(
  context: Context,
  api: Api,
  { slugs, start, window, format }: FollowOptions,
): Promise<void> {
  const length = window ?? (start === undefined ? WINDOW : undefined);
  const from = start ?? BigInt(Date.now()) * 1000n - (length ?? 0n);
  const tails = slugs.map((slug) => new Tail(api, slug, from));
  // Otherwise the command would wait forever for a stream that does not exist.
  const rows = await Promise.all(slugs.map((slug) => api.stream(slug).get()));
  const several = slugs.length > 1;
  if (format === "csv") await context.io.write(csvHead(several ? ["device"] : []));
  const charts = format === "chart"
    ? new Charts(
      context,
      slugs.map((slug, at) => streamTitle(String(slug), { ...rows[at] })),
      length,
    )
    : undefined;
  try {
    while (true) {
      const arrived = await Promise.all(tails.map((tail) => tail.next(context.signal)));
      if (charts) await charts.draw(arrived);
      else {
        const sources = arrived.map((chunks, at) => ({
          device: slugs[at]!.device.id,
          chunks: inTurn(chunks),
        }));
        const source: AsyncIterable<ReadingColumns> = several
          ? mergeByTime(sources)
          : sources[0]!.chunks;
        for await (const columns of source) {
          for (const text of readingLines(columns, format === "csv" ? "csv" : "ndjson")) {
            await context.io.write(text);
          }
        }
      }
      await pause(context.signal);
    }
  } finally {
    await charts?.close();
  }
}

/** Moving charts: redrawn in place on a terminal, printed one after another elsewhere. */
class Charts {
  readonly #context: Context;
  readonly #streams: { readonly title: string; readonly kept: Kept }[];
  /** How much time is shown, µs. */
  readonly #length: bigint | undefined;
  readonly #screen: MovingScreen | undefined;

  constructor(context: Context, titles: readonly string[], length: bigint | undefined) {
    this.#context = context;
    this.#streams = titles.map((title) => ({ title, kept: new Kept() }));
    this.#length = length;
    const { outputIsTerminal, env } = context.io;
    if (outputIsTerminal && env.TERM !== "dumb") this.#screen = new MovingScreen(context.io);
  }

  async draw(arrived: readonly (readonly ReadingColumns[])[]): Promise<void> {
    const now = BigInt(Date.now()) * 1000n;
    const shown = this.#length === undefined ? undefined : { from: now - this.#length, to: now };
    arrived.forEach((chunks, at) => {
      const { kept } = this.#streams[at]!;
      chunks.forEach((columns) => kept.add(columns));
      if (shown) kept.dropBefore(shown.from);
    });
    if (!this.#screen) return await this.#context.io.write(this.#text());
    const { io: { columns, rows }, color } = this.#context;
    await this.#screen.show(followLines(this.#all(), { columns, rows, color, shown, now }));
  }

  /** Leaves the last charts on the terminal. */
  async close(): Promise<void> {
    await this.#screen?.close(this.#text());
  }

  #all(): StreamChart[] {
    return this.#streams.map(({ title, kept }) => ({ title, series: kept.series() }));
  }

  #text(): string {
    return chartText(this.#context, this.#all());
  }
}

async function* inTurn(chunks: readonly ReadingColumns[]): AsyncGenerator<ReadingColumns> {
  yield* chunks;
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, PAUSE_MS);
    signal.addEventListener("abort", stop, { once: true });
  });
}

/**
 * The end of a stream: readings with a later time than all before, or the same time and another id. A reading
 * that arrives late, with an earlier time, is missed.
 */
class Tail {
  readonly #api: Api;
  readonly #slug: ArchFxStreamSlug;
  #from: bigint;
  /** The ids of the readings seen so far with the time `#from`. */
  #seen = new Set<bigint>();

  constructor(api: Api, slug: ArchFxStreamSlug, from: bigint) {
    this.#api = api;
    this.#slug = slug;
    this.#from = from;
  }

  async next(signal: AbortSignal): Promise<ReadingColumns[]> {
    const chunks: ReadingColumns[] = [];
    const options = { start: this.#from, signal };
    for await (const columns of stream(this.#api, this.#slug).readings(options)) {
      const fresh = this.#fresh(columns);
      if (fresh.length > 0) chunks.push(fresh);
    }
    return chunks;
  }

  #fresh(columns: ReadingColumns): ReadingColumns {
    const rows: number[] = [];
    for (let row = 0; row < columns.length; row++) {
      const time = columns.timestamps[row]!;
      const id = BigInt(columns.readingIds[row]!);
      if (time === this.#from && this.#seen.has(id)) continue;
      if (time > this.#from) {
        this.#from = time;
        this.#seen = new Set();
      }
      if (time === this.#from) this.#seen.add(id);
      rows.push(row);
    }
    return {
      length: rows.length,
      streams: Uint32Array.from(rows, (row) => columns.streams[row]!),
      readingIds: BigUint64Array.from(rows, (row) => BigInt(columns.readingIds[row]!)),
      timestamps: BigInt64Array.from(rows, (row) => columns.timestamps[row]!),
      values: Float64Array.from(rows, (row) => columns.values[row]!),
      ...(columns.summaryData && { summaryData: rows.map((row) => columns.summaryData![row]) }),
      ...(columns.rawData && { rawData: rows.map((row) => columns.rawData![row]) }),
    };
  }
}

/** The readings of a moving chart. */
class Kept {
  #timestamps: bigint[] = [];
  #values: number[] = [];

  add({ timestamps, values, length }: ReadingColumns): void {
    for (let row = 0; row < length; row++) {
      this.#timestamps.push(timestamps[row]!);
      this.#values.push(values[row]!);
    }
  }

  dropBefore(time: bigint): void {
    const first = this.#timestamps.findIndex((it) => it >= time);
    const count = first < 0 ? this.#timestamps.length : first;
    this.#timestamps.splice(0, count);
    this.#values.splice(0, count);
  }

  series(): { timestamps: BigInt64Array; values: Float64Array } {
    return {
      timestamps: BigInt64Array.from(this.#timestamps),
      values: Float64Array.from(this.#values),
    };
  }
}
