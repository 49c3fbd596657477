/** The store of readings: counts and pages compared with a simple loop, and how SQLite finds them. */
import { assert, assertEquals } from "@std/assert";
import { withFolder } from "../_folder.ts";
import { Store } from "../../src/emulator/store/store.ts";
import type { Selection } from "../../src/emulator/store/readings.ts";
import { serving } from "./_client.ts";
import { ids, reportOf } from "./_report.ts";

const USER = "user@example.com";

const HOUR = 3_600_000_000n;

async function withStore(test: (store: Store, streams: number[]) => void): Promise<void> {
  const store = await Store.open(":memory:");
  try {
    store.tables.org.insert({ id: "1", slug: "acme", name: "Acme", created_on: "" });
    const streams = ["a", "b", "c"].map((slug) => {
      store.tables.stream.insert({ id: slug, slug, org: "acme", variable: slug, created_on: "" });
      return store.streams.numberOf(slug)!;
    });
    test(store, streams);
  } finally {
    store.close();
  }
}

Deno.test("Readings.count() and list() agree with a simple loop over any range, also before 1970", () =>
  withStore((store, streams) => {
    let seed = Date.now() >>> 0;
    console.log(`seed ${seed}`);
    const next = (below: number) => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor(seed / 2 ** 32 * below);
    };
    // Around the epoch, so that hours are counted on both sides of it; many exactly on the hour.
    const time = () => BigInt(next(12) - 6) * HOUR + BigInt(next(3) - 1) * BigInt(next(90_000));
    const rows = Array.from(
      { length: 600 },
      (_, i) => ({ id: i + 1, stream: streams[next(3)], ts: time() }),
    );
    // In three transactions, like three reports.
    for (let at = 0; at < rows.length; at += 200) {
      store.db.transaction(() => {
        const writer = store.readings.writer();
        for (const { id, stream, ts } of rows.slice(at, at + 200)) {
          writer.add(writer.stream(stream), ts, id, id, null, null);
        }
        writer.finish();
      });
    }
    for (let round = 0; round < 400; round++) {
      const chosen = streams.filter(() => next(2) === 0);
      const start = next(3) === 0 ? undefined : time();
      const end = next(3) === 0 ? undefined : time();
      const selection: Selection = { streams: chosen, start, end };
      const expected = rows
        .filter(({ stream, ts }) =>
          chosen.includes(stream) && (start === undefined || ts >= start) &&
          (end === undefined || ts < end)
        )
        .sort((a, b) => Number(a.ts - b.ts) || a.id - b.id)
        .map(({ id }) => id);
      const count = store.readings.count(selection);
      assertEquals(count, expected.length);
      const offset = next(count + 2);
      const limit = 1 + next(50);
      const page = store.readings.list(selection, count, offset, limit);
      assertEquals(page.map(({ seq }) => Number(seq)), expected.slice(offset, offset + limit));
    }
  }));

Deno.test("Readings.list() uses the index by stream and time, for one stream and for several, without sorting", () =>
  withStore((store, streams) => {
    for (const chosen of [streams.slice(0, 1), streams]) {
      const plan = store.readings.plan({ streams: chosen, start: 0n, end: HOUR });
      const searches = plan.filter((line) =>
        line.includes("USING COVERING INDEX reading_time (stream=? AND ts>? AND ts<?)")
      );
      assertEquals(searches.length, chosen.length, plan.join("\n"));
      assert(!plan.some((line) => /TEMP B-TREE|SCAN reading/.test(line)), plan.join("\n"));
    }
  }));

Deno.test("Store.next() never returns a number twice, whatever was reserved", () =>
  withStore((store) => {
    assertEquals([store.next("x"), store.next("x"), store.next("y")], [1, 2, 1]);
    store.reserve("x", 10);
    store.reserve("x", 5);
    assertEquals(store.next("x"), 11);
  }));

Deno.test("two emulators on one file count an upload once between them, and see each other's writes", async () => {
  await withFolder(async (dir) => {
    const db = `${dir}/store.db`;
    await serving(
      (first) =>
        serving(async (second) => {
          const users = [await first.login(USER), await second.login(USER)];
          const reports = Array.from({ length: 20 }, (_, i) =>
            reportOf(ids(i * 50 + 1, i * 50 + 50)));
          let counted = 0;
          for (const report of reports) {
            const answers = await Promise.all(users.map((user) =>
              user.upload(report)
            ));
            assertEquals(answers.map(({ status }) => status), [201, 201]);
            counted += answers[0].body.count + answers[1].body.count;
          }
          assertEquals(counted, 1000);
          for (const user of users) {
            assertEquals((await user.get("data/?filter=d--1")).body.count, 1000);
          }
        }, { db }),
      { db },
    );
  });
});
