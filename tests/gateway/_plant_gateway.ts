/**
 * A gateway of a plant in a separate process, for tests that kill it: `_plant_gateway.ts JSON`. Its sources have
 * positions and deliver batches whose values count up from 0; a collector ends when all of them are stored.
 */
import { Api } from "../../mod.ts";
import { Gateway, openQueue, type ReadingSource } from "../../src/gateway/mod.ts";
import { START } from "./_gateway.ts";
import { endWithParent } from "./_orphans.ts";

/** The options of such a gateway. */
export interface PlantGateway {
  readonly role: "both" | "collector" | "sender";
  /** Where the queue is. */
  readonly queue: string;
  /** Options of the queue. */
  readonly options?: Record<string, unknown>;
  /** The address of the cloud. */
  readonly cloud: string;
  /** The number of devices of each of its sources. */
  readonly devices?: readonly number[];
  readonly devicesPerSource?: number;
  /** The stream of its readings: another one for each gateway that has the same devices. */
  readonly stream?: number;
  /** Batches of each device, and readings of each batch. */
  readonly batches?: number;
  readonly readings?: number;
  /** Breaks the guarantee: this number of batches in the middle is not pushed; the harness must notice it. */
  readonly skips?: number;
  /** A pause before each push, in ms. */
  readonly everyMs?: number;
  readonly confirmMs?: number;
  /** The most readings of a report. */
  readonly maxReadings?: number;
}

function columns(stream: number, first: number, length: number) {
  return {
    length,
    streams: new Uint32Array(length).fill(stream),
    timestamps: BigInt64Array.from({ length }, (_, i) => START + BigInt(first + i) * 1_000_000n),
    values: Float64Array.from({ length }, (_, i) => first + i),
  };
}

function source(plant: PlantGateway, devices: readonly number[]): ReadingSource {
  const { stream = 0x5090, batches = 0, readings = 100, skips = 0, everyMs = 0 } = plant;
  return {
    name: `stream ${stream} of ${devices[0]}`,
    async run(sink, signal) {
      let next = Number(await sink.position() ?? 0);
      while (next < batches && !signal.aborted) {
        const [first, position] = [next * readings, String(next + 1)];
        const isSkipped = skips > 0 && next >= batches >> 1 && next < (batches >> 1) + skips;
        const pushed = isSkipped ? [] : devices.map((device) => ({
          device,
          columns: columns(stream, first, readings),
        }));
        if (everyMs > 0) await new Promise((resolve) => setTimeout(resolve, everyMs));
        await sink.push(pushed, { position });
        next++;
      }
    },
  };
}

if (import.meta.main) {
  endWithParent();
  const plant = JSON.parse(Deno.args[0]!) as PlantGateway;
  const { role, devices = [], devicesPerSource = 10 } = plant;
  const api = new Api(plant.cloud, { retries: 0 });
  api.setToken("key", "Api-Key");
  const sources: ReadingSource[] = [];
  for (let i = 0; i < devices.length; i += devicesPerSource) {
    sources.push(source(plant, devices.slice(i, i + devicesPerSource)));
  }
  const stop = new AbortController();
  Deno.addSignalListener("SIGTERM", () => stop.abort());
  const queue = await openQueue(plant.queue, plant.options);
  const gateway = new Gateway({
    api,
    queue,
    role,
    sources,
    confirmMs: plant.confirmMs ?? 2000,
    maxDelayMs: 100,
    maxReadings: plant.maxReadings ?? 20_000,
  });
  await gateway.run({ signal: stop.signal });
  await queue.close();
  console.log(JSON.stringify(gateway.toJSON().counts));
  Deno.exit(0);
}
