/**
 * Gateway, which sends readings from sources through a queue to the cloud, each counted once.
 *
 * @module
 */
import { inspectable } from "../_inspect.ts";
import { ArchFxDeviceSlug } from "../slugs/mod.ts";
import { Cloud, Later } from "./_cloud.ts";
import { gatewayLog, loadGatewayLog } from "./_log.ts";
import { Bell, Budget, pause } from "./_pauses.ts";
import { LaneScheduler, ScheduledLane } from "./_lane_scheduler.ts";
import type { SenderContext, SenderCounts } from "./_sender_context.ts";
import { SourceRunner } from "./_source_runner.ts";
import {
  type CheckedGatewayOptions,
  checkGatewayOptions,
  type GatewayOptions,
} from "./gateway_options.ts";
import type { GatewayEvent, GatewayStatus, LaneStatus } from "./gateway_status.ts";
import type { QueueNumbers } from "./outbox.ts";

/** The maximum number of bytes of reports in memory. */
const BUDGET_BYTES = 48 * 2 ** 20;
/** How long pushes are collected before the senders are woken. */
const GATHER_MS = 20;
/** The pause before a queue that cannot be reached is tried again. */
const LATER_MS = 1000;
const MOST_EVENTS = 50;

function laneName(device: bigint, streamer: number | null): string {
  return `${device}/${streamer ?? -1}`;
}

/**
 * A gateway: sources push readings into a queue, and one loop per streamer sends them to the cloud, in order,
 * until it is proved that the cloud has counted them.
 *
 * @example
 * ```ts
 * import { Api, lastReadingId } from "@archfx/cloud";
 * import { createEmulator } from "@archfx/cloud/emulator";
 * import { Gateway, openQueue } from "@archfx/cloud/gateway";
 * import { assertEquals } from "@std/assert";
 *
 * await using emulator = await createEmulator();
 * const api = new Api("http://127.0.0.1", { fetch: emulator.fetch });
 * await api.login({ email: "user@example.com", password: "my.pass" });
 * const folder = await Deno.makeTempDir();
 * const queue = await openQueue(`${folder}/queue.sqlite`);
 *
 * const stop = new AbortController();
 * const gateway = new Gateway({ api, queue, confirmMs: 10, maxDelayMs: 0 });
 * const running = gateway.run({ signal: stop.signal });
 * const points = [{ timestamp: new Date(), stream: "5051", value: 7 }];
 * await queue.push({ device: "d--1", points });
 * await queue.flush();
 * assertEquals(await lastReadingId(api, "d--1", 256), 1);
 *
 * stop.abort();
 * await running;
 * await queue.close();
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export class Gateway {
  static {
    inspectable(this.prototype, (it) => String(it));
  }

  readonly #options: CheckedGatewayOptions;
  readonly #context: SenderContext;
  /** The lanes that had something to send, by `device/streamer`. */
  readonly #lanes = new Map<string, ScheduledLane>();
  #scheduler: LaneScheduler | undefined;
  readonly #sources: SourceRunner[];
  readonly #counts: SenderCounts = { attempts: 0, sent: 0, dead: 0, failures: 0 };
  readonly #events: GatewayEvent[] = [];
  readonly #bell = new Bell();
  #running = false;
  /** The reason why the contents of the queue cannot be read. */
  #problem: string | undefined;
  #stop: AbortController | undefined;

  /**
   * Creates a gateway; it does nothing before `run`.
   *
   * @param options The cloud, the queue, the sources and the limits.
   * @throws {TypeError} If an option is not valid.
   */
  constructor(options: GatewayOptions) {
    const checked = this.#options = checkGatewayOptions(options);
    this.#context = {
      ...checked,
      cloud: new Cloud(checked.api),
      outbox: checked.queue.outbox,
      budget: new Budget(BUDGET_BYTES),
      counts: this.#counts,
      tell: (level, message) => this.#tell(level, message),
    };
    this.#sources = checked.sources.map((source) =>
      new SourceRunner(source, checked.queue, this.#context.tell)
    );
  }

  #tell(level: GatewayEvent["level"], message: string): void {
    this.#events.push({ at: new Date().toISOString(), level, message });
    if (this.#events.length > MOST_EVENTS) this.#events.shift();
    gatewayLog[level](message);
  }

  /**
   * Runs until the signal is aborted, or until every source has ended and everything is counted. Without sources,
   * it runs until the signal is aborted.
   *
   * @param options The signal that stops it: first intake, then sending; nothing is lost.
   * @throws {TypeError} If it is already running.
   */
  async run({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    if (this.#running) throw new TypeError("Cannot run the gateway: it is already running");
    this.#running = true;
    const stop = this.#stop = new AbortController();
    const onAbort = () => stop.abort(signal!.reason);
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted) onAbort();
    await loadGatewayLog();
    const { queue, role } = this.#options;
    const scheduler = this.#scheduler = new LaneScheduler(this.#context, stop.signal);
    const unwatch = role === "collector"
      ? () => {}
      : queue.outbox.onChange((lanes) => this.#changed(lanes));
    const server = await this.#listen();
    let leave: (() => Promise<void>) | undefined;
    try {
      leave = await queue.join?.(role);
      const sources = this.#sources.map((source) => source.run(stop.signal));
      const intake = this.#waitForSources(sources, stop.signal);
      while (!stop.signal.aborted) {
        const seen = this.#bell.rings;
        if (role !== "collector") await this.#lookForLanes(scheduler, stop.signal);
        await this.#bell.wait(seen, 1000, stop.signal);
        await pause(GATHER_MS, stop.signal);
      }
      await intake;
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    } finally {
      stop.abort();
      unwatch();
      await Promise.all(this.#sources.map((source) => source.ended));
      await scheduler.end();
      await leave?.();
      await server?.close();
      signal?.removeEventListener("abort", onAbort);
      this.#lanes.clear();
      this.#running = false;
    }
  }

  async #listen(): Promise<{ close(): Promise<void> } | undefined> {
    if (this.#options.listen === undefined) return undefined;
    const { serveStatus } = await import("./_status_server.ts");
    return await serveStatus(this, this.#options.listen);
  }

  async #waitForSources(sources: readonly Promise<void>[], signal: AbortSignal): Promise<void> {
    if (sources.length === 0) return;
    await Promise.all(sources);
    if (signal.aborted) return;
    if (this.#options.role === "collector") {
      this.#tell("info", "Every source has ended: the gateway stops");
      return this.#stop?.abort();
    }
    this.#tell("info", "Every source has ended: the gateway stops when everything is counted");
    try {
      await this.#options.queue.flush({ signal });
    } finally {
      this.#stop?.abort();
    }
  }

  /** Readings were pushed: the senders of these lanes are woken. */
  #changed(names: readonly string[] | undefined): void {
    if (names === undefined) {
      for (const lane of this.#lanes.values()) if (lane.wait?.ms !== Infinity) this.#wake(lane);
      return this.#bell.ring();
    }
    for (const name of names) {
      const lane = this.#lanes.get(name);
      if (lane) this.#wake(lane);
      else this.#bell.ring();
    }
  }

  #wake(lane: ScheduledLane): void {
    this.#scheduler?.wake(lane);
  }

  /** A queue on other machines may be unreachable for some time: that is not fatal. */
  async #lookForLanes(scheduler: LaneScheduler, signal: AbortSignal): Promise<void> {
    try {
      for (const lane of await this.#options.queue.outbox.waiting()) {
        const name = laneName(lane.device, lane.streamer);
        let known = this.#lanes.get(name);
        if (!known) this.#lanes.set(name, known = new ScheduledLane(lane));
        scheduler.start(known);
      }
      this.#problem = undefined;
    } catch (error) {
      if (!(error instanceof Later)) throw error;
      if (this.#problem !== error.message) this.#tell("warning", error.message);
      this.#problem = error.message;
      await pause(LATER_MS, signal);
    }
  }

  /**
   * The status of the gateway.
   *
   * @returns Depth, sources, streamers, counts and the latest events.
   */
  async status(): Promise<GatewayStatus> {
    const { queue } = this.#options;
    const lanes: LaneStatus[] = [];
    for (const lane of await queue.outbox.lanes()) {
      const report = await queue.outbox.report(lane);
      const streamer = report?.streamer ?? lane.streamer ?? lane.current;
      const state = streamer === null
        ? undefined
        : await queue.outbox.streamer(lane.device, streamer);
      const known = this.#lanes.get(laneName(lane.device, lane.streamer));
      lanes.push({
        device: String(new ArchFxDeviceSlug(lane.device)),
        streamer,
        readings: lane.readings,
        confirmed: state?.confirmed ?? null,
        lastId: known?.lastId ?? null,
        sending: report ? [report.first, report.last] : null,
        hold: state?.hold ?? null,
        lastError: known?.lastError ?? null,
      });
    }
    return {
      running: this.#running,
      depth: await queue.depth(),
      sources: this.#sources.map((source) => source.state),
      lanes,
      counts: { ...this.#counts },
      events: [...this.#events],
    };
  }

  /**
   * Numbers of the queue, as in `/metrics`.
   *
   * @returns What was stored and given up, and the state of the disk.
   */
  async storeNumbers(): Promise<QueueNumbers> {
    return await this.#options.queue.numbers();
  }

  /**
   * The gateway as text.
   *
   * @returns How many sources it has, and whether it is running.
   */
  toString(): string {
    return `Gateway (${this.#sources.length} sources, ${
      this.#running ? "running" : "not running"
    })`;
  }

  /**
   * The gateway for JSON.
   *
   * @returns Its sources and counts, without secrets.
   */
  toJSON(): Record<string, unknown> {
    return {
      running: this.#running,
      sources: this.#sources.map(({ state }) => state),
      counts: { ...this.#counts },
    };
  }
}
