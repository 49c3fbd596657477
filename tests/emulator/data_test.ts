/** `data` of the description of the API, on readings that came in reports: ranges, pages, order, CSV. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { ids, rawReport, reportOf } from "./_report.ts";
import { serving } from "./_client.ts";

const USER = "user@example.com";
const STREAM = "sl--0000-0001--0000-0000-0000-0001--0000-5051";

Deno.test("Ground rule: page sizes of data are 1000 of at most 10000, of stream 5000 of at most 20000", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    await user.upload(reportOf(ids(1, 10_001)));
    const events = ids(20_001, 25_001).map((dev_seqid) => ({
      stream: dev_seqid,
      dev_seqid,
      timestamp: "2026-01-01T00:00:00+00:00",
      value: 1,
      extra_data: {},
      data: null,
    }));
    assertEquals((await user.upload(rawReport({ events }))).body, { count: 5001 });
    const length = async (path: string) => (await user.get(path)).body.results.length;
    assertEquals(await length(`data/?filter=${STREAM}`), 1000);
    assertEquals(await length(`data/?filter=${STREAM}&page_size=99999`), 10_000);
    assertEquals(await length("stream/"), 5000);
    assertEquals(await length("stream/?page_size=99999"), 5001);
  }));

Deno.test("data: start is included, end is not; lastn, ids and pages cut the list", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    await user.upload(reportOf(ids(1, 20)));
    const get = async (query: string) =>
      (await user.get(`data/?filter=${STREAM}&${query}`)).body.results.map((
        row: { streamer_local_id: number },
      ) => row.streamer_local_id);
    const time = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, "0")}Z`;
    assertEquals(await get(`start=${time(5)}&end=${time(8)}`), [5, 6, 7]);
    assertEquals(await get(`start=${time(18)}`), [18, 19, 20]);
    assertEquals(await get(`end=${time(3)}`), [1, 2]);
    assertEquals(await get(`start=${time(8)}&end=${time(8)}`), []);
    assertEquals(await get("lastn=3"), [18, 19, 20]);
    assertEquals(await get(`lastn=2&end=${time(8)}`), [6, 7]);
    assertEquals(await get("streamer_id_0=3&streamer_id_1=5"), [3, 4, 5]);
    assertEquals(await get("page_size=8&page=3"), [17, 18, 19, 20]);
    assertEquals(await get("page_size=8&page=last"), [17, 18, 19, 20]);
    assertEquals(await get("page_size=8&page=2"), ids(9, 16));
    const first = (await user.get(`data/?filter=${STREAM}`)).body.results[0].id;
    assertEquals(await get(`id_0=${first + 1}&id_1=${first + 2}`), [2, 3]);
  }));

Deno.test("data: of a device comes in the order of time over its streams, page by page, from both ends", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    // Times go up and down, several readings share one, and there are five streams.
    const events = ids(1, 200).map((dev_seqid) => ({
      stream: 0x5000 + dev_seqid % 5,
      dev_seqid,
      timestamp: `2026-01-01T00:00:${String((dev_seqid * 37) % 50).padStart(2, "0")}+00:00`,
      value: 1,
      extra_data: {},
      data: null,
    }));
    await user.upload(rawReport({ events }));
    const expected = ids(1, 200).sort((a, b) => (a * 37) % 50 - (b * 37) % 50 || a - b);
    const paged: number[] = [];
    for (let page = 1; page <= 29; page++) {
      const { body } = await user.get(`data/?filter=d--1&page_size=7&page=${page}`);
      assertEquals(body.count, 200);
      paged.push(...body.results.map((row: Row) => row.streamer_local_id));
    }
    assertEquals(paged, expected);
    const query = "filter=d--1&start=2026-01-01T00:00:10Z&end=2026-01-01T00:00:20Z";
    const { body } = await user.get(`data/?${query}`);
    const inRange = expected.filter((id) => (id * 37) % 50 >= 10 && (id * 37) % 50 < 20);
    assertEquals(body.results.map((row: Row) => row.streamer_local_id), inRange);
    assertEquals(body.count, inRange.length);
  }));

interface Row {
  readonly streamer_local_id: number;
}

Deno.test("data: ?format=csv answers all selected rows as CSV, with quotes where needed", () =>
  serving(async (client) => {
    const user = await client.login(USER);
    const event = {
      stream: 0x5051,
      dev_seqid: 1,
      timestamp: "2026-01-01T00:00:00+00:00",
      value: 1.5,
      extra_data: { note: 'a,"b"' },
      data: null,
    };
    await user.upload(rawReport({ events: [event] }));
    const { status, headers, body } = await user.get(`data/?filter=${STREAM}&format=csv`);
    assertEquals(status, 200);
    assertMatch(headers.get("content-type")!, /^text\/csv/);
    const [head, line, rest] = body.split("\r\n");
    assertEquals(head, "id,stream,device,variable,timestamp,value,streamer_local_id,extra_data");
    assertEquals(
      line.slice(line.indexOf(",")),
      `,${STREAM},d--0000-0000-0000-0001,0000-5051,2026-01-01T00:00:00Z,1.5,1,"{""note"":""a,\\""b\\""""}"`,
    );
    assertEquals(rest, "");
    await user.upload(reportOf(ids(2, 25_000)));
    const all = (await user.get(`stream/${STREAM}/data/?format=csv`)).body;
    assertEquals(all.split("\r\n").length, 25_000 + 2);
    assert((await user.get("data/?filter=nope&format=csv")).body.startsWith("id,stream"));
  }));
