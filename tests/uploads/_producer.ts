/**
 * A script that uploads the reports of some devices, in a separate process, which will be killed: `_producer.ts
 * JSON`. It begins with the lowest report that is not counted, keeps some uploads in flight, and goes on after a
 * failure as if nothing had happened: the fence must keep back what must not overtake the failed one. Then
 * it tries those again that failed, from the lowest.
 */
import { Api, lastReadingId } from "../../mod.ts";
import { reportOf } from "./_readings.ts";

/** Its task. */
export interface ProducerTask {
  readonly url: string;
  readonly devices: readonly number[];
  /** Reports of each device. */
  readonly reports: number;
  /** Readings of each report. */
  readonly readings: number;
  readonly inFlight: number;
  readonly confirm: boolean;
}

if (import.meta.main) await produce(JSON.parse(Deno.args[0]!));

async function produce(task: ProducerTask): Promise<void> {
  const api = new Api(task.url, { timeoutMs: 1_000, totalTimeoutMs: 10_000, retries: 1 });
  await again(async () => {
    if (!(await api.login({ email: "user@example.com", password: "my.pass" }))) {
      throw new Error("no");
    }
  });
  await Promise.all(task.devices.map((device) => produceOf(api, device, task)));
}

async function produceOf(
  api: Api,
  device: number,
  { reports, readings, inFlight, confirm }: ProducerTask,
): Promise<void> {
  const last = Number(await again(() => lastReadingId(api, device)));
  let left = Array.from({ length: reports }, (_, n) => n)
    .filter((n) => (n + 1) * readings > last);
  while (left.length > 0) {
    const failed: number[] = [];
    const flying = new Set<Promise<void>>();
    for (const n of left) {
      const upload = reportOf(device, n, readings)
        .upload(api, { confirm: confirm && { timeoutMs: 1_000 } })
        .then(() => {}, () => void failed.push(n))
        .finally(() => flying.delete(upload));
      flying.add(upload);
      if (flying.size >= inFlight) await Promise.race(flying);
    }
    await Promise.all(flying);
    left = failed.sort((a, b) => a - b);
  }
}

/** Tries until it succeeds: the cloud may be down. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
