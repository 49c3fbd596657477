/** A sink for tests of sources: it remembers what was pushed, and where a source resumes. */
import { pause } from "../../src/gateway/_pauses.ts";
import type { ReadingBatch, ReadingSink, ReadingSource } from "../../src/gateway/mod.ts";

/** Remembers pushes. */
export class TestSink implements ReadingSink {
  readonly values: number[] = [];
  readonly devices: string[] = [];
  readonly problems: string[] = [];
  #position: string | undefined;
  /** Called before a push is stored; what it throws is thrown by push. */
  before: () => void | Promise<void> = () => {};

  async push(
    batches: ReadingBatch | readonly ReadingBatch[],
    options: { position?: string; idempotencyKey?: string; signal?: AbortSignal } = {},
  ): Promise<void> {
    await this.before();
    for (const { device, columns, points } of [batches].flat() as ReadingBatch[]) {
      for (let i = 0; i < (columns?.length ?? 0); i++) {
        this.values.push(columns!.values[i]!);
        this.devices.push(String(device));
      }
      for (const point of points ?? []) {
        this.values.push(Number(point.value));
        this.devices.push(String(device));
      }
    }
    if (options.position !== undefined) this.#position = options.position;
  }

  position(): Promise<string | undefined> {
    return Promise.resolve(this.#position);
  }

  bad(message: string): void {
    this.problems.push(message);
  }
}

/** Runs a source until the test is done with it. */
export async function running(
  source: ReadingSource,
  sink: ReadingSink,
  test: () => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const ended = source.run(sink, stop.signal).catch((error) => {
    if (!stop.signal.aborted) throw error;
  });
  try {
    await Promise.race([
      test(),
      ended.then(() => pause(30_000, new AbortController().signal)),
    ]);
  } finally {
    stop.abort();
    await ended;
  }
}
