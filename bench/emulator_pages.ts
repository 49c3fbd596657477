/**
 * What a page of `data` costs at 1 and at 30 million stored readings: the first page of a fixed time
 * range, and the last page of a whole stream beside it, with SQLite's plan.
 *
 * `deno run -A bench/emulator_pages.ts [MILLIONS] [FOLDER]`; needs some 2 GB for 30 million.
 */
import { createEmulator } from "../src/emulator/mod.ts";
import { Store } from "../src/emulator/store/store.ts";

const STREAMS = 8;
const START = 1_767_225_600_000_000;
const SIZES = [1, Number(Deno.args[0] ?? 30)];
const RUNS = 31;
const SLUG = "sl--0000-0001--0000-0000-0000-0001--0000-5003";

const dir = Deno.args[1] ?? await Deno.makeTempDir();
const first: number[] = [];
try {
  for (const millions of SIZES) {
    const db = `${dir}/pages-${millions}.sqlite`;
    await fill(db, millions * 1e6);
    first.push(await measure(db, millions));
  }
  console.log(`first page, ratio: ${(first[1] / first[0]).toFixed(2)}`);
} finally {
  if (!Deno.args[1]) await Deno.remove(dir, { recursive: true });
}

/** A reading a second in each of eight streams, as the emulator itself would store them. */
async function fill(db: string, readings: number): Promise<void> {
  await (await createEmulator({ db })).close();
  const store = await Store.open(db);
  const numbers: number[] = [];
  for (let i = 0; i < STREAMS; i++) {
    const variable = `0000-500${i}`;
    const slug = `sl--0000-0001--0000-0000-0000-0001--${variable}`;
    store.tables.stream.insert({
      id: crypto.randomUUID(),
      slug,
      org: "acme",
      parent: "pl--0000-0001",
      device: "d--0000-0000-0000-0001",
      variable,
      created_on: "2026-01-01T00:00:00Z",
    });
    numbers.push(store.streams.numberOf(slug)!);
  }
  const chunk = 1_000_000;
  for (let at = 0; at < readings; at += chunk) {
    store.db.transaction(() => {
      const writer = store.readings.writer();
      const counts = numbers.map((number) => writer.stream(number));
      for (let i = at; i < Math.min(at + chunk, readings); i++) {
        const second = Math.floor(i / STREAMS);
        writer.add(counts[i % STREAMS], START + second * 1_000_000, i + 1, i / 8, null, null);
      }
      writer.finish();
    });
  }
  console.log(`${readings / 1e6} million readings stored`);
  store.close();
}

async function measure(db: string, millions: number): Promise<number> {
  await using emulator = await createEmulator({ db });
  const login = await emulator.fetch("http://emulator/api/v1/auth/login/", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "user@example.com", password: "my.pass" }),
  });
  const headers = { authorization: `jwt ${(await login.json()).jwt}` };
  const time = async (query: string) => {
    const started = performance.now();
    const response = await emulator.fetch(`http://emulator/api/v1/data/?${query}`, { headers });
    const { count, results } = await response.json();
    return { took: performance.now() - started, count, rows: results.length };
  };
  const range = "start=2026-01-01T06:10:00Z&end=2026-01-01T18:20:00Z";
  const queries = {
    [`first page of 12 hours`]: `filter=${SLUG}&${range}`,
    [`first page, whole device`]: `filter=d--1`,
    [`first page, whole stream`]: `filter=${SLUG}`,
    [`last page, whole stream`]: `filter=${SLUG}&page=last`,
    [`page in the middle`]: `filter=${SLUG}&page=${Math.round(millions * 1e6 / STREAMS / 2000)}`,
  };
  let fixed = 0;
  for (const [name, query] of Object.entries(queries)) {
    const times = [];
    let last;
    for (let i = 0; i < RUNS; i++) times.push((last = await time(query)).took);
    const median = times.sort((a, b) => a - b)[RUNS >> 1];
    fixed ||= median;
    console.log(
      `${String(millions).padStart(3)} M  ${name.padEnd(26)} ${median.toFixed(2).padStart(8)} ms` +
        `  ${last!.rows} of ${last!.count}`,
    );
  }
  const store = await Store.open(db);
  const plan = store.readings.plan({ streams: [1], start: BigInt(START), end: BigInt(START) + 1n });
  console.log(`${String(millions).padStart(3)} M  plan: ${plan.join("; ")}`);
  store.close();
  return fixed;
}
