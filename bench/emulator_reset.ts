/**
 * The cost of a reset: for an emulator in memory and one on a file, unchanged and after an upload.
 *
 * `deno run -A -c deno.json bench/emulator_reset.ts`
 */
import { createEmulator } from "../src/emulator/mod.ts";
import { ArchFXFlexibleDictionaryReport } from "../src/reports/mod.ts";

const RUNS = 15;
const READINGS = [0, 1_000, 100_000];

const dir = await Deno.makeTempDir();
try {
  for (const db of [":memory:", `${dir}/store.sqlite`]) {
    await using emulator = await createEmulator({ db });
    for (const readings of READINGS) {
      const times: number[] = [];
      for (let run = 0; run < RUNS; run++) {
        if (readings > 0) await upload(emulator.fetch, readings);
        const started = performance.now();
        emulator.reset();
        times.push(performance.now() - started);
      }
      const median = times.sort((a, b) => a - b)[RUNS >> 1];
      const where = db === ":memory:" ? "memory" : "file";
      console.log(
        `${where.padEnd(6)} after ${String(readings).padStart(7)} readings ${median.toFixed(2)} ms`,
      );
    }
  }
} finally {
  await Deno.remove(dir, { recursive: true });
}

async function upload(send: typeof fetch, readings: number): Promise<void> {
  const root = "http://127.0.0.1/api/v1";
  const login = await send(`${root}/auth/login/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "user@example.com", password: "my.pass" }),
  });
  const form = new FormData();
  const report = ArchFXFlexibleDictionaryReport.fromColumns({
    device: "d--1",
    columns: {
      length: readings,
      streams: new Uint32Array(readings).fill(0x5051),
      readingIds: new Float64Array(readings).map((_, i) => i + 1),
      timestamps: BigInt64Array.from({ length: readings }, (_, i) => BigInt(i) * 1000n),
      values: new Float64Array(readings),
    },
  });
  form.append("file", new Blob([report.encode() as Uint8Array<ArrayBuffer>]), "report.mp");
  const answer = await send(`${root}/streamer/report/?timestamp=2026-01-01T00:00:00Z`, {
    method: "POST",
    headers: { authorization: `jwt ${(await login.json()).jwt}` },
    body: form,
  });
  if (answer.status !== 201) throw new Error(`Cannot upload: ${await answer.text()}`);
  await answer.body?.cancel();
}
