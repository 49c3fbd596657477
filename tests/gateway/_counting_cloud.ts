/**
 * A cloud that counts, in a separate process: `_counting_cloud.ts JSON`, prints its address. It counts a reading only
 * if its id is above `last_id` as it stood before the report, as ArchFX Cloud does, and checks what it counted: values
 * of a stream begin at 0 and go up by one. It keeps the ends of the latest reports for `data/`, and nothing else, so that
 * tens of millions of readings fit.
 */
import { Buffer } from "node:buffer";
import http from "node:http";
import { ArchFXFlexibleDictionaryReport } from "../../mod.ts";
import { ArchFxDeviceSlug, ArchFxStreamerSlug, ArchFxStreamSlug } from "../../src/slugs/mod.ts";
import { DENO_RUN } from "../_deno_run.ts";
import { random } from "../_random.ts";
import { endWithParent } from "./_orphans.ts";

/** The faults of the cloud. */
export interface CountingOptions {
  /** The fraction of responses to reports that are lost, from 0 to 1, half of them together with the report. */
  readonly loss?: number;
  /** A report is counted up to this number of milliseconds after its response. */
  readonly laterMs?: number;
  readonly seed?: number;
  /** Breaks the promise: one reading of the report with this number is dropped; the harness has to see it. */
  readonly dropsOneOf?: number;
}

/** The counted readings. */
export interface CountingState {
  /** Reports that arrived. */
  readonly reports: number;
  readonly counted: number;
  /** Values that came again with another id. */
  readonly repeated: number;
  /** Values that came after higher ones. */
  readonly outOfOrder: number;
  /** Values that were passed over. */
  readonly missing: number;
  /** Ids that no reading has, below one that has. */
  readonly idGaps: number;
  /** The next value of each stream of each device. */
  readonly next: Record<string, number>;
}

/** The process, for the side that starts it. */
export class CountingCloud implements AsyncDisposable {
  readonly url: string;
  readonly #child: Deno.ChildProcess;

  private constructor(url: string, child: Deno.ChildProcess) {
    this.url = url;
    this.#child = child;
  }

  static async start(options: CountingOptions = {}): Promise<CountingCloud> {
    const child = new Deno.Command(Deno.execPath(), {
      args: [...DENO_RUN, new URL(import.meta.url).pathname, JSON.stringify(options)],
      stdout: "piped",
    }).spawn();
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value } = await lines.read();
    await lines.cancel();
    return new CountingCloud(value!.trim(), child);
  }

  /** The process. */
  get pid(): number {
    return this.#child.pid;
  }

  /** The readings counted so far. */
  async state(): Promise<CountingState> {
    return await (await fetch(`${this.url}/__state`)).json();
  }

  /** Another writer: `last_id` of a streamer becomes this. */
  async raise(device: string, streamer: number, lastId: number): Promise<void> {
    const slug = String(new ArchFxStreamerSlug(device, streamer));
    const response = await fetch(`${this.url}/__raise/${slug}/${lastId}`, { method: "POST" });
    await response.body?.cancel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }
}

/** The ends of a report, as `data/` shows them. */
interface Row {
  readonly id: number;
  readonly stream: string;
  readonly timestamp: string;
  readonly value: number;
}

/** The number of reports of a device that stay visible in `data/`. */
const VISIBLE = 16;

class Counter {
  readonly #lastIds = new Map<string, number>();
  readonly #rows = new Map<string, Row[]>();
  readonly #missing = new Map<string, Set<number>>();
  readonly #next = new Map<string, number>();
  #dropsOneOf: number;
  reports = 0;
  counted = 0;
  repeated = 0;
  outOfOrder = 0;
  idGaps = 0;

  constructor({ dropsOneOf = 0 }: CountingOptions) {
    this.#dropsOneOf = dropsOneOf;
  }

  lastId(streamer: string): number {
    return this.#lastIds.get(streamer) ?? 0;
  }

  raise(streamer: string, lastId: number): void {
    this.#lastIds.set(streamer, lastId);
  }

  /** The rows of `data/` with an id. */
  rows(device: string, id: number): Row[] {
    return (this.#rows.get(device) ?? []).filter((row) => row.id === id);
  }

  count(report: ArchFXFlexibleDictionaryReport): void {
    const device = String(new ArchFxDeviceSlug(report.origin));
    const streamer = String(new ArchFxStreamerSlug(report.origin, Number(report.originStreamer)));
    const before = this.lastId(streamer);
    const { length, readingIds, streams, timestamps, values } = report.columns();
    const order = Uint32Array.from({ length }, (_, i) => i)
      .sort((a, b) => Number(readingIds[a]) - Number(readingIds[b]));
    let highest = before;
    for (const i of order) {
      const id = Number(readingIds[i]);
      if (id <= before) continue;
      if (id !== highest + 1) this.idGaps++;
      highest = id;
      if (this.#dropsOneOf > 0 && this.#dropsOneOf === this.reports) {
        this.#dropsOneOf = 0;
        continue;
      }
      this.#see(`${device}/${streams[i]}`, values[i]!);
    }
    this.#lastIds.set(streamer, highest);
    const rows = this.#rows.get(device) ?? [];
    for (const i of [order[0]!, order[length - 1]!]) {
      if (Number(readingIds[i]) <= before) continue;
      rows.push({
        id: Number(readingIds[i]),
        stream: String(
          ArchFxStreamSlug.fromParts({ device: report.origin, variable: streams[i]! }),
        ),
        timestamp: new Date(Number(timestamps[i]! / 1000n)).toISOString(),
        value: values[i]!,
      });
    }
    this.#rows.set(device, rows.slice(-2 * VISIBLE));
  }

  #see(stream: string, value: number): void {
    this.counted++;
    const next = this.#next.get(stream) ?? 0;
    if (value === next) {
      this.#next.set(stream, value + 1);
      return;
    }
    const missing = this.#missing.get(stream) ?? new Set();
    this.#missing.set(stream, missing);
    if (value > next) {
      for (let passed = next; passed < value; passed++) missing.add(passed);
      this.#next.set(stream, value + 1);
    } else if (missing.delete(value)) this.outOfOrder++;
    else this.repeated++;
  }

  state(): CountingState {
    const { reports, counted, repeated, outOfOrder, idGaps } = this;
    const missing = [...this.#missing.values()].reduce((sum, { size }) => sum + size, 0);
    const next = Object.fromEntries(this.#next);
    return { reports, counted, repeated, outOfOrder, missing, idGaps, next };
  }
}

function serve(options: CountingOptions): void {
  const { loss = 0, laterMs = 0, seed = 1 } = options;
  const chance = random(seed);
  const counter = new Counter(options);
  const reportIn = async (type: string, chunks: Uint8Array[]) => {
    const form = await new Response(Buffer.concat(chunks), { headers: { "content-type": type } })
      .formData();
    const file = new Uint8Array(await (form.get("file") as File).arrayBuffer());
    return ArchFXFlexibleDictionaryReport.decode(file);
  };
  const server = http.createServer((request, response) => {
    const reply = (status: number, body: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    const { pathname, searchParams } = new URL(request.url!, "http://here");
    const parts = pathname.split("/").filter((part) => part !== "");
    if (request.method === "GET") {
      request.resume();
      if (parts[0] === "__state") return reply(200, counter.state());
      if (parts.includes("data")) {
        const rows = counter.rows(
          searchParams.get("filter")!,
          Number(searchParams.get("streamer_id_0")),
        );
        return reply(200, { count: rows.length, next: null, previous: null, results: rows });
      }
      return reply(200, { last_id: counter.lastId(parts.at(-1)!) });
    }
    if (parts[0] === "__raise") {
      counter.raise(parts[1]!, Number(parts[2]));
      return reply(200, {});
    }
    const chunks: Uint8Array[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", async () => {
      const lost = chance() < loss;
      if (lost && chance() < 0.5) return void request.socket.destroy();
      const report = await reportIn(request.headers["content-type"]!, chunks);
      counter.reports++;
      if (laterMs > 0) setTimeout(() => counter.count(report), chance() * laterMs);
      else counter.count(report);
      if (lost) return void request.socket.destroy();
      reply(201, { count: report.length });
    });
  });
  server.listen(0, "127.0.0.1", () => {
    console.log(`http://127.0.0.1:${(server.address() as { port: number }).port}`);
  });
}

if (import.meta.main) endWithParent();
if (import.meta.main) serve(JSON.parse(Deno.args[0] ?? "{}"));
