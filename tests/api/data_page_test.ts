/** Pages of readings: WebAssembly reads the same as JSON.parse. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Api, type ReadingColumns, stream } from "../../mod.ts";
import { PageScanner } from "../../src/api/_data_page.ts";
import { NdjsonKernel } from "../../src/codec/ndjson_kernel.ts";

const SLUG = "sl--0000-0001--0000-0000-0000-0001--0000-5051";

/** All results of readings() for pages, and the error that ends them. */
async function readingsOf(pages: readonly string[]): Promise<unknown[]> {
  let at = 0;
  const api = new Api("https://arch.example.com", {
    fetch: () =>
      Promise.resolve(
        new Response(pages[at++], { headers: { "content-type": "application/json" } }),
      ),
  });
  const all: unknown[] = [];
  try {
    for await (const columns of stream(api, SLUG).readings({ retries: 0 })) {
      all.push({ ...columns } satisfies ReadingColumns);
    }
  } catch (error) {
    all.push((error as Error).name, (error as Error).message);
  }
  return all;
}

async function withoutKernel<T>(task: () => Promise<T>): Promise<T> {
  NdjsonKernel.enabled = false;
  try {
    return await task();
  } finally {
    NdjsonKernel.enabled = true;
  }
}

function pageOf(rows: readonly string[], next: string | null, space = ""): string {
  return `{"count":${space}9,"next":${space}${
    JSON.stringify(next)
  },"previous":null,"results":${space}[${rows.join(`,${space}`)}${space}],"more":[1]}`;
}

const timestamps = [
  "2026-03-02T08:00:00Z",
  "2026-03-02T08:00:00.171Z",
  "2026-03-02T08:00:00.123456Z",
  "2026-03-02T08:00:00.1234567Z",
  "2026-03-02T08:00:00.123456999+01:00",
  "0001-01-01T00:00:00Z",
  "9999-12-31T23:59:59.999999Z",
];
const plain: Record<string, fc.Arbitrary<string>> = {
  id: fc.nat().map(String),
  stream: fc.constant(JSON.stringify(SLUG)),
  timestamp: fc.constantFrom(...timestamps.map((time) => JSON.stringify(time))),
  int_value: fc.constantFrom("null", "7"),
  value: fc.oneof(
    fc.tuple(fc.integer(), fc.nat(12)).map(([digits, places]) => String(digits / 10 ** places)),
    fc.constantFrom("0", "-0", "20.5", "1e3", "0.8414709848078965", "9007199254740993"),
  ),
  streamer_local_id: fc.oneof(fc.nat().map(String), fc.constantFrom("0", "9007199254740991")),
  dirty_ts: fc.constantFrom("true", "false"),
  extra_data: fc.constantFrom("{}", "null", '{"a": [1, {"b": "}"}]}', '{"a":0.12345678901234567}'),
  data: fc.constantFrom("null", "[]", "[1,2.5]", '{"x":"]"}'),
};
const odd: Record<string, fc.Arbitrary<string>> = {
  timestamp: fc.constantFrom(
    '"2026-02-30T00:00:00Z"',
    '"2026-03-02T08:00:00"',
    '"2026-03-02 08:00"',
    '" 2026-03-02T08:00:00Z"',
    "5",
    "null",
  ),
  value: fc.constantFrom(
    "5e-324",
    "1.7976931348623157e308",
    "null",
    '"NaN"',
    '"-Infinity"',
    "1e400",
    '"5"',
    "01",
    "true",
  ),
  streamer_local_id: fc.constantFrom("null", "18446744073709551615", "-1", "1.5", '"4"'),
  extra_data: fc.constantFrom('{"value":1}', '{"a":12345678901234567890}', "[1]", "5", '{"a":}'),
  data: fc.constantFrom("5", '"x"', "12345678901234567890"),
  "val\\u0075e": fc.constantFrom("1", '"x"'),
};

/** A row with fields in any order, some of which may be missing, odd or repeated. */
function row(isOdd: boolean): fc.Arbitrary<string> {
  const fields = Object.entries(plain).map(([name, value]) => value.map((text) => [name, text]));
  const strange = Object.entries(odd).map(([name, value]) => value.map((text) => [name, text]));
  const base = fc.tuple(...fields);
  const more = isOdd ? fc.array(fc.oneof(...strange), { maxLength: 2 }) : fc.constant([]);
  return fc.tuple(
    base,
    more,
    fc.nat(1000),
    fc.constantFrom("", " ", ...(isOdd ? ["\n"] : [])),
    fc.nat(20),
  )
    .map(([all, extra, shift, space, drop]) => {
      const kept = all.filter((_, i) => !isOdd || i !== drop);
      const turned = [...kept.slice(shift % 9), ...kept.slice(0, shift % 9), ...extra];
      const text = turned.map(([name, value]) => `"${name}":${space}${value}`);
      return `{${space}${text.join(`,${space}`)}${space}}`;
    });
}

Deno.test("readings() are the same by WebAssembly and by JSON.parse", async () => {
  let scanned = 0;
  for (const isOdd of [false, true]) {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(row(isOdd), { maxLength: 8 }), { minLength: 1, maxLength: 4 }),
        fc.constantFrom("", " "),
        async (lists, space) => {
          const pages = lists.map((rows, i) =>
            pageOf(rows, i + 1 < lists.length ? `http://a/?page=${i + 2}` : null, space)
          );
          const expected = await withoutKernel(() => readingsOf(pages));
          assertEquals(await readingsOf(pages), expected);
          const scanner = new PageScanner(0x5051);
          for (const page of pages) if (scanner.scan(new TextEncoder().encode(page))) scanned++;
        },
      ),
      { numRuns: 500 },
    );
  }
  assert(scanned > 100, `${scanned} pages were read by WebAssembly`);
});

Deno.test("a page longer than the scanner's memory, and one that is cut off anywhere", async () => {
  const rows = Array.from({ length: 5000 }, (_, i) =>
    JSON.stringify({
      id: i,
      timestamp: new Date(1_772_438_400_000 + i * 171).toISOString(),
      value: i / 8,
      streamer_local_id: i + 1,
      extra_data: i % 100 === 0 ? { i } : {},
      data: null,
      note: "ünï, ]}".repeat(i % 7),
    }));
  const page = pageOf(rows, null);
  const bytes = new TextEncoder().encode(page);
  assert(bytes.length > 3 * 131072);
  assertEquals(new PageScanner(0x5051).scan(bytes)?.columns.length, 5000);
  // The memory that a program keeps for a page is not larger than its readings.
  const { columns } = new PageScanner(0x5051, 5000).scan(bytes)!;
  assertEquals([columns.length, columns.values.buffer.byteLength], [5000, 5000 * 8]);
  assertEquals(new PageScanner(0x5051, 4999).scan(bytes), undefined);
  assertEquals(await readingsOf([page]), await withoutKernel(() => readingsOf([page])));
  const short = pageOf(rows.slice(0, 3), null);
  for (let cut = 1; cut < short.length; cut++) {
    const pages = [short.slice(0, -cut)];
    assertEquals(await readingsOf(pages), await withoutKernel(() => readingsOf(pages)));
  }
});

Deno.test("rows in a nested field are not treated as those of the page", async () => {
  const inner = `{"results":[{"timestamp":"2026-03-02T08:00:00Z","value":1}]}`;
  for (
    const page of [
      `{"meta":${inner},"results":[{"timestamp":"2026-03-02T09:00:00Z","value":2}]}`,
      `{"meta":${inner}}`,
      `[{"timestamp":"2026-03-02T09:00:00Z","value":2}]`,
    ]
  ) {
    assertEquals(await readingsOf([page]), await withoutKernel(() => readingsOf([page])));
  }
});
