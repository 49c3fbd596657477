import { assert, assertEquals, assertRejects } from "@std/assert";
import { Api, RestBaseException, stream } from "../../mod.ts";
import { serve } from "./_server.ts";

const SLUG = "sl--0000-0001--0000-0000-0000-0001--0000-5051";

/** Reads one row that a server sends as this text. */
async function read(row: string) {
  const server = serve(() =>
    new Response(`{"count": 1, "next": null, "results": [${row}]}`, {
      headers: { "content-type": "application/json" },
    })
  );
  try {
    return await Array.fromAsync(stream(new Api(server.url), SLUG).readings());
  } finally {
    await server.close();
  }
}

const row = (fields: string) => `{"timestamp": "2026-01-01T00:00:00Z", ${fields}}`;

Deno.test("readings() reads every kind of number exactly", async () => {
  for (
    const [fields, value, id] of [
      ['"value": 5', 5, 0n],
      ['"value": null, "int_value": 7', 7, 0n],
      ['"int_value": 7', 7, 0n],
      ['"value": null', NaN, 0n],
      ['"value": "NaN", "int_value": null', NaN, 0n],
      ['"value": "Infinity"', Infinity, 0n],
      ['"value": "-Infinity"', -Infinity, 0n],
      ['"value": -0.0', -0, 0n],
      ['"value": 1e-400', 0, 0n],
      ['"value": 9007199254740993, "streamer_local_id": null', 9007199254740992, 0n],
      ['"value": 1, "streamer_local_id": 18446744073709551615', 1, 2n ** 64n - 1n],
      ['"value": 1, "streamer_local_id": 9007199254740993', 1, 9007199254740993n],
    ] as const
  ) {
    const [columns] = await read(row(fields));
    assert(Object.is(columns.values[0], value), fields);
    assertEquals(columns.readingIds[0], id);
  }
});

Deno.test("readings() keeps long integers in free-form data, and texts of digits as texts", async () => {
  const data =
    '{"streamer_local_id": 9007199254740993, "text": "9007199254740993", "list": [-9007199254740995]}';
  const [columns] = await read(row(`"value": 1, "extra_data": ${data}, "data": ${data}`));
  const expected = {
    streamer_local_id: 9007199254740993n,
    text: "9007199254740993",
    list: [-9007199254740995n],
  };
  assertEquals(columns.summaryData, [expected]);
  assertEquals(columns.rawData, [expected]);
});

Deno.test("readings() throws a RestBaseException that names row and field of an invalid reading", async () => {
  for (
    const [text, ...said] of [
      ["null", "null", "object"],
      ["5", "5", "object"],
      ["[]", "[]", "object"],
      [row('"value": ""'), 'value is ""'],
      [row('"value": "5"'), 'value is "5"'],
      [row('"value": true'), "value is true"],
      [row('"value": [5]'), "value is [5]"],
      [row('"value": {}'), "value is {}"],
      [row('"value": 1e400'), 'value is "Infinity"', "double"],
      [row('"extra_data": {}'), "value is nothing"],
      [row('"value": 1, "streamer_local_id": -1'), "streamer_local_id is -1"],
      [row('"value": 1, "streamer_local_id": 1.5'), "streamer_local_id is 1.5"],
      [row('"value": 1, "streamer_local_id": ""'), 'streamer_local_id is ""'],
      [row('"value": 1, "streamer_local_id": true'), "streamer_local_id is true"],
      [row('"value": 1, "streamer_local_id": 18446744073709551616'), "18446744073709551616"],
      [row('"value": 1, "extra_data": [1]'), "extra_data is [1]"],
      [row('"value": 1, "extra_data": "x"'), 'extra_data is "x"'],
      ['{"timestamp": null, "value": 1}', "timestamp is null"],
      ['{"timestamp": 5, "value": 1}', "timestamp is 5"],
      ['{"timestamp": "soon", "value": 1}', 'timestamp is "soon"'],
      ['{"value": 1}', "timestamp is nothing"],
    ]
  ) {
    const error = await assertRejects(() => read(text), RestBaseException, "row 1 of page 1");
    for (const part of said) assert(error.message.includes(part), `${error.message} lacks ${part}`);
  }
});

/** Serves pages of one row each; if `page` returns a response, it replaces the usual row. */
function pagesOf(count: number, page: (number: number, request: Request) => unknown = () => {}) {
  const asked: number[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const number = Number(new URL(request.url).searchParams.get("page") ?? 1);
    asked.push(number);
    const answer = await page(number, request);
    if (answer instanceof Response) return answer;
    const next = number < count ? `http://internal/api/v1/data/?page=${number + 1}` : null;
    return Response.json({
      count,
      next,
      results: [{ timestamp: "2026-01-01T00:00:00Z", value: number }],
    });
  });
  return { asked, server, data: stream(new Api(`http://127.0.0.1:${server.addr.port}`), SLUG) };
}

Deno.test("readings() requests exactly one page ahead, in order", async () => {
  const { promise: isAsked, resolve } = Promise.withResolvers<void>();
  const { asked, server, data } = pagesOf(5, (page) => void (page === 2 && resolve()));
  const values: number[] = [];
  for await (const columns of data.readings()) {
    if (values.length === 0) {
      await isAsked;
      await new Promise((wake) => setTimeout(wake, 20));
      assertEquals(asked, [1, 2]);
    }
    values.push(columns.values[0]);
  }
  assertEquals(values, [1, 2, 3, 4, 5]);
  assertEquals(asked, [1, 2, 3, 4, 5]);
  await server.shutdown();
});

Deno.test("readings() throws the error of a page after the readings before it", async () => {
  const row = { timestamp: "2026-01-01T00:00:00Z", value: 2 };
  const faults: [said: string, number: number, answer: () => Response][] = [
    ["400", 3, () => Response.json({}, { status: 400 })],
    ["no results", 3, () => Response.json({})],
    ['names the page "?page=2" again', 2, () => Response.json({ next: "?page=2", results: [row] })],
  ];
  for (const [said, number, answer] of faults) {
    const { server, data } = pagesOf(5, (page) => page === number ? answer() : undefined);
    const values: number[] = [];
    const error = await assertRejects(async () => {
      for await (const columns of data.readings()) values.push(columns.values[0]);
    }, RestBaseException);
    assertEquals(values, [1, 2]);
    assert(error.message.includes(said), error.message);
    await server.shutdown();
  }
});

Deno.test("readings() cancels the requested page when its reader stops", async () => {
  const { promise: isAsked, resolve: ask } = Promise.withResolvers<void>();
  const { promise: isCancelled, resolve: cancel } = Promise.withResolvers<void>();
  const { asked, server, data } = pagesOf(5, (page, request) => {
    if (page !== 2) return undefined;
    request.signal.addEventListener("abort", () => cancel());
    ask();
    return isCancelled.then(() => new Response(null));
  });
  for await (const _ of data.readings()) {
    await isAsked;
    break;
  }
  await isCancelled;
  assertEquals(asked, [1, 2]);
  await server.shutdown();
});

Deno.test("readings() stops at the caller's signal, also while it waits for a page ahead", async () => {
  const stop = new AbortController();
  const { promise: isCancelled, resolve: cancel } = Promise.withResolvers<void>();
  const { server, data } = pagesOf(5, (page, request) => {
    if (page !== 2) return undefined;
    request.signal.addEventListener("abort", () => cancel());
    return isCancelled.then(() => new Response(null));
  });
  const values: number[] = [];
  await assertRejects(
    async () => {
      for await (const columns of data.readings({ signal: stop.signal })) {
        values.push(columns.values[0]);
        stop.abort(new Error("enough"));
      }
    },
    Error,
    "enough",
  );
  assertEquals(values, [1]);
  await isCancelled;
  await server.shutdown();
});
