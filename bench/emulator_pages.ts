/**
 * The cost of a page of `data` with 1 and with 30 million stored readings: the first page of a fixed time range,
 * and the last page of a whole stream, with SQLite's query plan.
 *
 * `deno run -A -c deno.json bench/emulator_pages.ts [MILLIONS] [FOLDER]`; needs about 2 GB for 30 million.
 */
import { createEmulator } from "../src/emulator/mod.ts";
import { Store } from "../src/emulator/store/store.ts";

const STREAMS = 8;
const START = 1_767_225_600_000_000;
const SIZES = [1, Number(Deno.args[0] ?? 30)];
const RUNS = 31;
const SLUG = "sl--0000-0001--0000-0000-0000-0001--0000-5003";

const RANGE = "start=2026-01-01T06:10:00Z&end=2026-01-01T18:20:00Z";
const QUERIES: Readonly<Record<string, string>> = {
  "first page of 12 hours": `filter=${SLUG}&${RANGE}`,
  "first page, whole stream": `filter=${SLUG}`,
  "last page, whole stream": `filter=${SLUG}&page=last`,
  "first page, whole device": "filter=d--1",
};

const dir = Deno.args[1] ?? await Deno.makeTempDir();
try {
  const stores = [];
  for (const millions of SIZES) {
    const db = `${dir}/pages-${millions}.sqlite`;
    await fill(db, millions * 1e6);
    console.log(`${String(millions).padStart(3)} M  plan: ${await plan(db)}`);
    stores.push(await open(db));
  }
  console.log(
    `median of ${RUNS} runs in turns      ${SIZES.map((n) => `${n} M`.padStart(10)).join("")}`,
  );
  for (const [name, query] of Object.entries(QUERIES)) {
    const times: number[][] = SIZES.map(() => []);
    for (let run = 0; run < RUNS; run++) {
      for (const [i, { get }] of stores.entries()) times[i].push(await get(query));
    }
    const medians = times.map((list) => list.sort((a, b) => a - b)[RUNS >> 1]);
    const shown = medians.map((ms) => `${ms.toFixed(2)} ms`.padStart(10)).join("");
    console.log(`${name.padEnd(28)} ${shown}   ratio ${(medians[1] / medians[0]).toFixed(2)}`);
  }
  for (const { emulator } of stores) await emulator.close();
} finally {
  if (!Deno.args[1]) await Deno.remove(dir, { recursive: true });
}

/** One reading per second in each of eight streams, stored like the emulator would store them. */
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
  store.close();
}

async function plan(db: string): Promise<string> {
  const store = await Store.open(db);
  const range = { streams: [1], start: BigInt(START), end: BigInt(START) + 1n };
  const text = store.readings.plan(range).join("; ");
  store.close();
  return text;
}

/** An emulator on a store, with a login: `get` returns the time of a query of `data`. */
async function open(db: string) {
  const emulator = await createEmulator({ db });
  const login = await emulator.fetch("http://emulator/api/v1/auth/login/", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "user@example.com", password: "my.pass" }),
  });
  const headers = { authorization: `jwt ${(await login.json()).jwt}` };
  const get = async (query: string) => {
    const started = performance.now();
    const response = await emulator.fetch(`http://emulator/api/v1/data/?${query}`, { headers });
    const { results } = await response.json();
    if (results.length !== 1000) throw new Error(`Cannot compare pages of ${results.length}`);
    return performance.now() - started;
  };
  return { emulator, get };
}
