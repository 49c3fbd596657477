/**
 * Many calls and uploads at the same time, with a server that counts them.
 *
 * @module
 */
import { Api, ArchFXDataPoint, ArchFXFlexibleDictionaryReport } from "../../mod.ts";
import type { Counts } from "./_counting_server.ts";
import { DENO_RUN } from "../_deno_run.ts";

/** The results of a run. */
export interface VolumeResult extends Counts {
  readonly seconds: { readonly gets: number; readonly uploads: number };
  /** Listeners that the calls left on their signal. */
  readonly listenersLeft: number;
  /** Resident memory in MiB when a tenth was done, at the most afterwards, and at the end. */
  readonly memory: { readonly early: number; readonly most: number; readonly end: number };
}

/** A signal that counts the listeners on it. */
export function countedSignal(): { signal: AbortSignal; left: () => number } {
  const { signal } = new AbortController();
  const { addEventListener, removeEventListener } = signal;
  let count = 0;
  Object.assign(signal, {
    addEventListener(...args: Parameters<AbortSignal["addEventListener"]>) {
      count++;
      addEventListener.apply(signal, args);
    },
    removeEventListener(...args: Parameters<AbortSignal["removeEventListener"]>) {
      count--;
      removeEventListener.apply(signal, args);
    },
  });
  return { signal, left: () => count };
}

/** How much is sent. */
export interface Volume {
  readonly gets: number;
  readonly uploads: number;
  readonly devices: number;
  readonly inFlight: number;
  readonly uploadBytes: number;
}

/** Runs both, and gets the counts from the server. */
export async function runVolume(volume: Volume): Promise<VolumeResult> {
  const script = new URL("_counting_server.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: [...DENO_RUN, script],
    stdout: "piped",
  }).spawn();
  try {
    const port = await firstLine(child.stdout);
    const url = `http://127.0.0.1:${port}`;
    const memory = sampler();
    const { signal, left } = countedSignal();
    const api = new Api(url, { signal, retries: 0 });
    const started = performance.now();
    await pool(volume.gets, volume.inFlight, async (index) => {
      await api("row")(index).get({}, { signal });
      memory.sample(index / volume.gets);
    });
    const uploading = performance.now();
    const reports = api("streamer/report");
    const raw = crypto.getRandomValues(new Uint8Array(65_536));
    const rawData = new Uint8Array(volume.uploadBytes).map((_, i) => raw[i & 0xffff]);
    await pool(volume.uploads, volume.inFlight, async (index) => {
      const readingId = Math.floor(index / volume.devices) + 1;
      const data = [new ArchFXDataPoint({ timestamp: 0, stream: 1, value: 1, rawData, readingId })];
      const device = index % volume.devices + 1;
      const report = ArchFXFlexibleDictionaryReport.fromReadings({ device, data }).encode();
      const headers = { "x-reading-id": String(readingId) };
      await reports.uploadFp({ name: "report.mp", data: report }, { signal, headers });
      memory.sample(index / volume.uploads);
    });
    const ended = performance.now();
    const counts = await (await fetch(`${url}/counts`)).json() as Counts;
    return {
      ...counts,
      seconds: { gets: (uploading - started) / 1000, uploads: (ended - uploading) / 1000 },
      memory: memory.result(),
      listenersLeft: left(),
    };
  } finally {
    child.kill();
    await child.status;
  }
}

/** Runs `count` works, `width` at a time, begun in order. */
export async function pool(
  count: number,
  width: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

function sampler() {
  let early = 0, most = 0;
  const now = () => Math.round(Deno.memoryUsage().rss / 2 ** 20);
  return {
    /** `done` is the part of the work that is done. The early mark grows while uploads warm up too. */
    sample(done: number) {
      if (done < 0.1) early = Math.max(early, now());
      else most = Math.max(most, now());
    },
    result: () => ({ early, most, end: now() }),
  };
}

async function firstLine(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) throw new Error("the counting server did not start");
    text += value;
  }
  reader.cancel().catch(() => {}); // The rest is not needed.
  return text.split("\n")[0];
}
