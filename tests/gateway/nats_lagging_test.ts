/** Responses of servers that lag: messages that they lack do not count as gone. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Later } from "../../src/gateway/_cloud.ts";
import type { Bus } from "../../src/gateway/jetstream/_bus.ts";
import { LaneReader } from "../../src/gateway/jetstream/_lane_reader.ts";
import { laneSubject } from "../../src/gateway/jetstream/_messages.ts";
import { NEW_LANE } from "../../src/gateway/jetstream/_records.ts";
import { batch, until } from "./_gateway.ts";
import { delay, natsTest } from "./_nats_cluster.ts";
import { withNatsPlant } from "./_nats_queue.ts";

const LANE = laneSubject({ device: 1n, streamer: -1 });

/** The requests of a queue, some of which a server answers that has only the first messages. */
function lagging(bus: Bus, change: Partial<Pick<Bus, "batch" | "next" | "info">>): Bus {
  return new Proxy(bus, {
    get(target, name) {
      const own = change[name as keyof typeof change];
      if (own) return own;
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

natsTest(
  "LaneReader does not consider a message gone that only one of two servers lacks",
  () =>
    withNatsPlant(async (plant) => {
      const { bus } = await plant.open();
      const push = await plant.open();
      for (let i = 0; i < 3; i++) await push.push(batch("d--1", 10 * i, 10));
      const messages = await bus.batch(LANE, 1, { messages: 10, bytes: 1 << 20 });
      const known = { end: 30, endSeq: messages[2]!.seq };
      const read = (change: Parameters<typeof lagging>[1]) =>
        new LaneReader(lagging(bus, change)).read(LANE, NEW_LANE.sealed, 100, known);
      const all = await read({});
      assertEquals([all.end.number, all.gone], [30, []]);

      const none = () => Promise.resolve(undefined);
      const nothing = () => Promise.resolve([]);
      // A replica without the second message, and a leader without any message of the lane.
      const without: Bus["batch"] = (_subject, seq) =>
        Promise.resolve([messages[0]!, messages[2]!].filter((it) => it.seq >= seq));
      await assertRejects(() => read({ batch: without, next: none }), Later, "lags behind");
      // Messages that a replica lacks come from the leader.
      const filled = await read({ batch: without });
      assertEquals([filled.end.number, filled.gone, filled.pieces.length], [30, [], 3]);
      // A leader that was frozen answers the first request, the real one all others.
      let first = true;
      const stale: Bus["next"] = (subject, seq) => {
        if (!first) return bus.next(subject, seq);
        first = false;
        return Promise.resolve(undefined);
      };
      await assertRejects(() => read({ batch: nothing, next: stale }), Later, "lags behind");
      // One that has just become the leader, and has not stored all that was agreed on.
      const old: Bus["info"] = async () => {
        const info = await bus.info();
        return { ...info, state: { ...info.state, last_seq: messages[1]!.seq } };
      };
      await assertRejects(
        () => read({ batch: nothing, next: none, info: old }),
        Later,
        "lags behind",
      );
      // More comes while it is looked at: it is not gone either.
      const growing = { ...known };
      const more: Bus["info"] = async () => {
        growing.end = 40;
        return await bus.info();
      };
      const reader = new LaneReader(lagging(bus, { batch: nothing, next: none, info: more }));
      const { gone, end } = await reader.read(LANE, NEW_LANE.sealed, 100, growing);
      assertEquals([gone, end.number], [[{ readings: 30, before: 30 }], 30]);
    }, { servers: 1 }),
);

natsTest(
  "a push whose response is lost is stored once even if the queried server lags",
  () =>
    withNatsPlant(async (plant) => {
      const queue = await plant.open();
      await queue.push(batch("d--1", 0, 10));
      const { bus } = queue;
      const [store, next] = [bus.store.bind(bus), bus.next.bind(bus)];
      let stored = 0, asked = 0;
      bus.store = async (messages) => {
        const seq = await store(messages);
        if (messages[0]!.subject === LANE && stored++ === 0) {
          throw new Later("its response is lost");
        }
        return seq;
      };
      bus.next = (subject, seq) => asked++ < 3 ? Promise.resolve(undefined) : next(subject, seq);
      await queue.push(batch("d--1", 10, 10));
      const { state } = await bus.info("r.>");
      assertEquals(state.subjects?.[`PLANT.${LANE}`], 2);
      assert(asked > 3);
    }, { servers: 1 }),
);

natsTest(
  "a gateway on NATS follows the stream although the response to its first request is lost",
  () =>
    withNatsPlant(async (plant) => {
      const queue = await plant.open();
      await queue.push(batch("d--1", 0, 10));
      const { bus } = queue;
      const api = bus.api.bind(bus);
      let lost = 0;
      bus.api = async <T>(name: string, body?: unknown) => {
        const response = await api<T>(name, body);
        if (!name.startsWith("CONSUMER.CREATE") || lost++ > 0) return response;
        await delay(200); // Meanwhile, everything is delivered.
        throw new Later("its response is lost");
      };
      let readings: number | undefined;
      queue.depth().then((depth) => readings = depth.readings);
      await until("it follows", () => readings === 10);
      assertEquals(lost, 2);
    }, { servers: 1 }),
);
