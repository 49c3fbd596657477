/** "Reports" of the description of the API: each row of the table of uploads, in its order. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ids, rawReport, reportOf } from "./_report.ts";
import { type Client, serving } from "./_client.ts";

const USER = "user@example.com";
const STREAM = "sl--0000-0001--0000-0000-0000-0001--0000-5051";

/** The ids of a stream, in the order of time. */
async function stored(client: Client, stream = STREAM): Promise<number[]> {
  const { body } = await client.get(`data/?filter=${stream}&page_size=10000`);
  return body.results.map((row: { streamer_local_id: number }) => row.streamer_local_id);
}

Deno.test("Upload row: no token answers 401", () =>
  serving(async (client) => {
    assertEquals((await client.upload(reportOf([1]))).status, 401);
  }));

Deno.test("Upload row: no part file answers 400 {error}, before the timestamp is looked at", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const expected = { error: "missing request.data['file']" };
    const other = await user.upload(reportOf([1]), { part: "report", timestamp: null });
    assertEquals([other.status, other.body], [400, expected]);
    const json = await user.post("streamer/report/?timestamp=2026-01-01T00:00:00Z", {});
    assertEquals([json.status, json.body], [400, expected]);
    const field = new FormData();
    field.append("file", "text, no file");
    const text = await user.send("POST", "streamer/report/", { body: field });
    assertEquals([text.status, text.body], [400, expected]);
  }));

Deno.test("Upload row: no timestamp answers 400 {error}", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const { status, body } = await user.upload(reportOf([1]), { timestamp: null, name: "x.txt" });
    assertEquals([status, body], [400, { error: "missing timestamp argument" }]);
  }));

Deno.test("Upload row: a timestamp that cannot be read answers 400 [text]", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    for (
      const timestamp of ["", "yesterday", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00 00:00"]
    ) {
      const { status, body } = await user.upload(reportOf([1]), { timestamp, name: "x.txt" });
      assertEquals([status, body], [400, [
        "Upload function requires a ?timestamp=str argument in UTC format",
      ]], timestamp);
    }
  }));

Deno.test("Upload row: an extension that is not known answers 400 [text]", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    for (const name of ["report.txt", "report.json", "report.bin", "report", "mp", "a.mp.gz"]) {
      const { status, body } = await user.upload(new Uint8Array(3), { name });
      assertEquals(status, 400, name);
      assertStringIncludes(body[0], "Streamer Report file extension not supported. Expected: .mp");
    }
    assertEquals((await user.upload(reportOf([1]), { name: "../a b/REPORT.MP" })).status, 201);
  }));

Deno.test("Upload row: bytes that are not msgpack answer 400 [parse error]", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const whole = reportOf(ids(1, 5));
    const bad = [
      new Uint8Array(),
      new TextEncoder().encode("{}"),
      new Uint8Array([0xc1]),
      whole.subarray(0, 20),
      whole.subarray(0, whole.length - 1),
      Uint8Array.of(...whole, 0),
    ];
    for (const bytes of bad) {
      const { status, body } = await user.upload(bytes);
      assertEquals(status, 400);
      assertMatch(body[0], /parse error/);
    }
    assertEquals((await user.get("streamer/")).body.count, 0);
  }));

Deno.test("Upload row: a header field that is missing or of the wrong kind, or another format, answers 400 by field", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const required = ["This field is required."];
    const cases: [Record<string, unknown>, Record<string, string[]>][] = [
      [{ device: undefined }, { device: required }],
      [{ streamer_index: undefined, events: undefined }, {
        streamer_index: required,
        events: required,
      }],
      [{ format: "v100" }, { format: ['"v100" is not a valid choice.'] }],
      [{ format: undefined }, { format: required }],
      [{ device: "d--1" }, { device: ["A valid integer is required."] }],
      [{ seqid: 1.5 }, { seqid: ["A valid integer is required."] }],
      [{ lowest_id: null }, { lowest_id: ["This field may not be null."] }],
      [{ highest_id: 2n ** 63n }, {
        highest_id: ["Ensure this value is less than or equal to 9223372036854775807."],
      }],
      [{ events: {} }, { events: ['Expected a list of items but got type "map".'] }],
      [{ sent_timestamp: 17 }, { sent_timestamp: ["Datetime has wrong format."] }],
    ];
    for (const [fields, expected] of cases) {
      const { status, body } = await user.upload(rawReport(fields));
      assertEquals([status, body], [400, expected]);
    }
  }));

Deno.test("Upload row: a device that does not exist answers 404", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const { status, body } = await user.upload(reportOf([1], { device: "d--9999" }));
    assertEquals([status, body], [404, { detail: "Not found." }]);
  }));

Deno.test("Upload row: a device without a parent answers 400 [text]", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const { status, body } = await user.upload(reportOf([1], { device: "d--20" }));
    assertEquals([status, body], [400, [
      "Device d--0000-0000-0000-0020 has not been claimed. Yet, it is uploading a report",
    ]]);
  }));

Deno.test("Upload row: a device of another organisation answers 403", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    assertEquals((await user.upload(reportOf([1], { device: "d--30" }))).status, 403);
  }));

Deno.test("Upload row: otherwise 201 {count}; streamer, stream, page and report are created when first seen", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const { status, body } = await user.upload(reportOf(ids(1, 5)));
    assertEquals([status, body], [201, { count: 5 }]);
    const streamer = (await user.get("streamer/t--1--100/")).body;
    const { id: _id, ...rest } = streamer;
    assertEquals(rest, {
      slug: "t--0000-0000-0000-0001--0100",
      device: "d--0000-0000-0000-0001",
      process_engine_ver: 0,
      index: 0x100,
      last_id: 5,
      last_reboot_ts: null,
      is_system: false,
      selector: 0xffff,
    });
    assertEquals((await user.get(`stream/${STREAM}/`)).body.device, "d--0000-0000-0000-0001");
    const [page] = (await user.get(`streampages/?stream=${STREAM}`)).body.results;
    assertEquals(page, {
      slug: `${STREAM}--1767225601000000`,
      stream: STREAM,
      device: "d--0000-0000-0000-0001",
      org: "acme",
      start: "2026-01-01T00:00:01Z",
      end: null,
    });
    assertEquals((await user.get(`streampages/${page.slug}/`)).body, page);
    const [report] = (await user.get("streamer/report/")).body.results;
    const { id, created_on: _on, ...fields } = report;
    assertEquals(fields, {
      original_first_id: 1,
      original_last_id: 5,
      actual_first_id: 1,
      actual_last_id: 5,
      streamer: streamer.slug,
      sent_timestamp: "2026-01-02T03:04:05Z",
      device_sent_timestamp: "2026-01-01T00:00:00+00:00",
      incremental_id: 1,
      time_epsilon: 1,
      created_by: "user",
    });
    assertEquals((await user.get(`streamer/report/${id}/`)).body.id, id);
    assertEquals((await user.get("streamer/t--1--100/report/")).body.length, 1);
    assertEquals(
      (await user.get(`streamer/report/?streamer__slug=${streamer.slug}`)).body.count,
      1,
    );
    assertEquals((await user.get("streamer/report/?start=2026-01-02T03:04:06Z")).body.count, 0);
    assertEquals((await user.get("streamer/report/?end=2026-01-02T03:04:05Z")).body.count, 0);
    assertEquals((await user.get("device/d--1/extra/")).body.stream_counts[STREAM].points, 5);
  }));

Deno.test("Row 1, what is counted: new readings only, an upload sent again counts 0", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    assertEquals((await user.upload(reportOf(ids(1, 5)))).body, { count: 5 });
    assertEquals((await user.upload(reportOf(ids(1, 5)))).body, { count: 0 });
    assertEquals((await user.upload(reportOf(ids(4, 8)))).body, { count: 3 });
    assertEquals(await stored(user), ids(1, 8));
  }));

Deno.test("Row 2, v100 is rejected by its format", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const { status, body } = await user.upload(rawReport({ format: "v100" }));
    assertEquals([status, body], [400, { format: ['"v100" is not a valid choice.'] }]);
  }));

Deno.test("Row 8 and 9, and beyond: data rows carry microseconds and extra data", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const event = {
      stream: 0x5051,
      dev_seqid: 7,
      timestamp: "2026-01-02T03:04:05.000250+00:00",
      value: -2.5,
      extra_data: { foo: 5, bar: "foobar" },
      data: { raw: [1, 2] },
    };
    await user.upload(rawReport({ events: [event] }));
    const [row] = (await user.get(`data/?filter=${STREAM}`)).body.results;
    assertEquals(row.timestamp, "2026-01-02T03:04:05.000250Z");
    assertEquals([row.value, row.int_value, row.streamer_local_id], [-2.5, -2, 7]);
    assertEquals([row.extra_data, row.data], [{ foo: 5, bar: "foobar" }, { raw: [1, 2] }]);
  }));

Deno.test("Row 12, uploads with a time without zone and with +00:00 are both accepted", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const times = [
      "2021-01-20T00:00:00.100000",
      "2021-01-20 00:00:00+00:00",
      "2021-01-20T01:00+0100",
    ];
    for (const [i, timestamp] of times.entries()) {
      assertEquals((await user.upload(reportOf([i + 1]), { timestamp })).body, { count: 1 });
    }
    const rows = (await user.get("streamer/report/")).body.results;
    assertEquals(rows.map((row: { sent_timestamp: string }) => row.sent_timestamp), [
      "2021-01-20T00:00:00.100000Z",
      "2021-01-20T00:00:00Z",
      "2021-01-20T00:00:00Z",
    ]);
  }));

Deno.test("Beyond: readings with id 0 are never new", () =>
  serving(async (client, emulator) => {
    const user = await client.login(USER);
    assertEquals((await user.upload(reportOf([0, 1, 0]))).body, { count: 1 });
    assertEquals(emulator.events.reports.at(-1)?.missingIds, 2);
  }));

Deno.test("Beyond: a duplicate id inside one report is stored and counted once, in any order", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    assertEquals((await user.upload(reportOf([3, 1, 2, 3, 1, 5, 4, 5]))).body, { count: 5 });
    assertEquals(await stored(user), [1, 2, 3, 4, 5]);
    const [report] = (await user.get("streamer/report/")).body.results;
    assertEquals([report.actual_first_id, report.actual_last_id], [1, 5]);
  }));

Deno.test("Beyond: an id above 2^63-1 is a 400 field error, one of 2^63-1 is stored whole", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const event = (dev_seqid: bigint) => ({
      stream: 0x5051,
      dev_seqid,
      timestamp: "2026-01-01T00:00:00+00:00",
      value: 1,
      extra_data: {},
      data: null,
    });
    const above = await user.upload(rawReport({ events: [event(1n), event(2n ** 63n)] }));
    assertEquals([above.status, above.body], [400, {
      dev_seqid: ["Ensure this value is less than or equal to 9223372036854775807."],
    }]);
    assertEquals((await user.get("stream/")).body.count, 0);
    assertEquals((await user.upload(rawReport({ events: [event(2n ** 63n - 1n)] }))).status, 201);
    const response = await fetch(`${client.url}/api/v1/data/?filter=${STREAM}`, {
      headers: { authorization: user.authorization! },
    });
    assertStringIncludes(await response.text(), '"streamer_local_id":9223372036854775807');
  }));

Deno.test("Beyond: last_id is a high-water mark: a report committed after one with higher ids loses its readings", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    assertEquals((await user.upload(reportOf(ids(6, 10)))).body, { count: 5 });
    assertEquals((await user.upload(reportOf(ids(1, 10)))).body, { count: 0 });
    assertEquals(await stored(user), ids(6, 10));
    // Another streamer of the device has its own mark.
    assertEquals((await user.upload(reportOf([1], { streamer: 0x101 }))).body, { count: 1 });
  }));

Deno.test("The result of each upload is kept for the console", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    await user.upload(reportOf(ids(1, 3)));
    await user.upload(reportOf(ids(2, 4)));
    await user.upload(reportOf([1], { device: "d--20" }));
    const { body } = await client.get("/__emulator__/reports");
    const brief = body.map((
      report: Record<string, unknown>,
    ) => [report.device, report.readings, report.new, report.duplicates, report.rejected]);
    assertEquals(brief.slice(0, 2), [
      ["d--0000-0000-0000-0001", 3, 3, 0, null],
      ["d--0000-0000-0000-0001", 3, 1, 2, null],
    ]);
    assertEquals(brief[2].slice(0, 4), ["d--0000-0000-0000-0020", 1, 0, 0]);
    assertMatch(brief[2][4], /has not been claimed/);
    assertEquals(body[0].streams, { [STREAM]: 3 });
  }));

Deno.test("A device that moves to another line starts a stream there, and its page ends", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    await user.upload(reportOf([1, 2]));
    await user.json("PATCH", "device/d--1/", { parent: "pl--2" });
    await user.upload(reportOf([3]));
    const pages = (await user.get("streampages/")).body.results;
    assertEquals(
      pages.map((
        page: { stream: string; end: string | null },
      ) => [page.stream.slice(0, 13), page.end]),
      [["sl--0000-0001", "2026-01-01T00:00:03Z"], ["sl--0000-0002", null]],
    );
    assertEquals((await user.get("data/?filter=d--1")).body.count, 3);
  }));
