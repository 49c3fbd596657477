/** An emulator: combines its store, services and routes. */
import { Hono } from "hono";
import { inspectable } from "../_inspect.ts";
import { Sessions } from "./auth/sessions.ts";
import { Tokens } from "./auth/tokens.ts";
import { Events } from "./control/events.ts";
import { Faults } from "./control/faults.ts";
import { RequestHandler } from "./request_handler.ts";
import { checkOptions, type EmulatorOptions } from "./options.ts";
import type { Counting } from "./reports/counting.ts";
import { ReportUploads } from "./reports/upload.ts";
import { AccountService } from "./resources/accounts.ts";
import { DataService } from "./resources/data.ts";
import { device } from "./resources/device.ts";
import { machine } from "./resources/machine.ts";
import { Members } from "./resources/members.ts";
import { org } from "./resources/org.ts";
import { area, line, site } from "./resources/places.ts";
import { ResourceService } from "./resources/service.ts";
import type { ResourceSpec } from "./resources/spec.ts";
import { stream, streampage } from "./resources/stream.ts";
import { report, streamer } from "./resources/streamer.ts";
import type { App, RequestState, RouteContext } from "./routes/_route.ts";
import { accountRoutes } from "./routes/accounts.ts";
import { authRoutes } from "./routes/auth.ts";
import { consoleRoutes } from "./routes/console.ts";
import { controlRoutes } from "./routes/control.ts";
import { dataRoutes } from "./routes/data.ts";
import { factoryRoutes } from "./routes/factory.ts";
import { orgRoutes } from "./routes/orgs.ts";
import { streamRoutes } from "./routes/streams.ts";
import { DEMO_EMAIL } from "./seeds/demo.ts";
import { loadSeed } from "./seeds/load.ts";
import { fillStore } from "./seeds/seed.ts";
import { exportStore, importStore } from "./seeds/transfer.ts";
import { listen, type Listening, type ListenOptions } from "./server.ts";
import { Initial } from "./store/initial.ts";
import { Snapshot } from "./store/snapshot.ts";
import { Store } from "./store/store.ts";

/** A copy of all data of an emulator, for {@linkcode Emulator.restore}. */
export interface EmulatorSnapshot {
  /** Frees its memory. */
  close(): void;
}

/**
 * ArchFX Cloud on this machine. Made by {@linkcode createEmulator}.
 *
 * @example
 * ```ts
 * import { createEmulator, type Emulator } from "@archfx/cloud/emulator";
 * import { assertEquals } from "@std/assert";
 *
 * async function serverStatus(emulator: Emulator): Promise<number> {
 *   const response = await emulator.fetch("http://emulator/api/v1/server/");
 *   await response.body?.cancel();
 *   return response.status;
 * }
 *
 * await using emulator = await createEmulator({ seed: "empty" });
 * assertEquals(await serverStatus(emulator), 200);
 * ```
 */
export class Emulator {
  readonly #store: Store;
  readonly #tokens: Tokens;
  readonly #events = new Events();
  readonly #faults: Faults;
  readonly #handler: RequestHandler;
  readonly #initial: Initial;
  readonly #snapshots = new Set<Snapshot>();
  readonly #servers = new Set<Listening>();
  readonly #log: (line: string) => void;
  readonly #uploads: ReportUploads;
  readonly #started = { instance: crypto.randomUUID(), startedAt: new Date().toISOString() };
  #closed = false;

  private constructor(
    store: Store,
    initial: Initial,
    options: ReturnType<typeof checkOptions>,
    secret: string,
  ) {
    const { now, log, accessTokenSeconds, refreshTokenSeconds, maxBodyBytes } = options;
    this.#log = log;
    this.#store = store;
    this.#initial = initial;
    this.#tokens = new Tokens({
      secret,
      accessSeconds: accessTokenSeconds,
      refreshSeconds: refreshTokenSeconds,
      now,
    });
    this.#faults = new Faults(() => {
      store.db.setReadOnly(this.#faults.readOnly);
      store.db.setFull(this.#faults.diskFull);
      this.#events.emit({ kind: "faults", at: new Date(now()).toISOString() });
    });
    this.#uploads = new ReportUploads(store, this.#events, now, options.counting);
    const routes: App = new Hono<{ Bindings: RequestState }>();
    const context: RouteContext = {
      app: routes,
      sessions: new Sessions(store, this.#tokens),
      maxBodyBytes,
      served: [],
    };
    this.#handler = new RequestHandler({
      routes,
      served: context.served,
      faults: this.#faults,
      events: this.#events,
      now,
      log,
    });
    this.#routes(context);
  }

  /** Makes an emulator; see {@linkcode createEmulator}. */
  static async create(options: EmulatorOptions): Promise<Emulator> {
    const checked = checkOptions(options);
    const store = await Store.open(checked.db);
    try {
      let imported: string | undefined;
      if (checked.importFrom !== undefined) {
        imported = await importStore(store, checked.importFrom);
      } else if (store.isEmpty) await fillStore(store, await loadSeed(checked.seed), checked.now());
      let secret = store.meta("secret");
      if (secret === undefined) {
        secret = crypto.randomUUID() + crypto.randomUUID();
        store.setMeta("secret", secret);
      }
      return new Emulator(store, await Initial.note(store, imported), checked, secret);
    } catch (error) {
      store.close();
      throw error;
    }
  }

  #routes(context: RouteContext): void {
    const store = this.#store;
    const service = (spec: ResourceSpec) => new ResourceService(store, spec);
    const devices = service(device);
    const streamers = service(streamer);
    const data = new DataService(store);
    controlRoutes(context.app, {
      faults: this.#faults,
      events: this.#events,
      counting: this.counting,
      expireTokens: () => this.expireTokens(),
      revokeRefreshTokens: () => this.revokeRefreshTokens(),
      about: () => ({
        ...this.#started,
        memory: store.db.path === ":memory:",
        demo: store.accounts.byEmail(DEMO_EMAIL) !== undefined,
      }),
      reset: () => this.reset(),
      exportTo: (dir) => this.exportTo(dir),
    });
    authRoutes(context);
    accountRoutes(context, new AccountService(store));
    orgRoutes(context, service(org), new Members(store), devices);
    factoryRoutes(context, {
      site: service(site),
      area: service(area),
      line: service(line),
      machine: service(machine),
      device: devices,
      streamer: streamers,
    }, store);
    streamRoutes(context, {
      stream: service(stream),
      streampage: service(streampage),
      streamer: streamers,
      report: service(report),
      data,
      uploads: this.#uploads,
    });
    dataRoutes(context, data);
    consoleRoutes(context.app);
    context.app.notFound((c) => this.#handler.notFound(new URL(c.req.url)));
    // The request handler turns all errors into responses.
    context.app.onError((error) => {
      throw error;
    });
  }

  /**
   * Answers a request without a socket. Use it wherever a `fetch` is expected. Redirects are returned, not
   * followed.
   *
   * @throws TypeError If a fault drops the connection.
   */
  readonly fetch = (input: Request | URL | string, init?: RequestInit): Promise<Response> =>
    this.#handler.handle(new Request(input, init));

  /**
   * Listens on a socket, by default on a free port of the loopback address.
   *
   * @param options Where to listen.
   * @returns The address, and a function to stop.
   * @throws TypeError If others can reach the host, unless `expose` allows it.
   */
  async listen(options: ListenOptions = {}): Promise<Listening> {
    const server = await listen((request) => this.#handler.handle(request), options, this.#log);
    const listening: Listening = {
      ...server,
      close: () => {
        this.#servers.delete(listening);
        return server.close();
      },
    };
    this.#servers.add(listening);
    return listening;
  }

  /** The faults that are set, and how to set them. */
  get faults(): Faults {
    return this.#faults;
  }

  /** The requests and uploads so far, and how to listen for new ones. */
  get events(): Events {
    return this.#events;
  }

  /** When reports are counted, and how to change it. */
  get counting(): Counting {
    return this.#uploads.counting;
  }

  /** Expires all access tokens that were issued so far. */
  expireTokens(): void {
    this.#tokens.expireAll();
  }

  /** Blacklists all outstanding refresh tokens, and returns how many there were. */
  revokeRefreshTokens(): number {
    return this.#store.refreshTokens.revokeAll();
  }

  /**
   * Restores the initial data. Faults, the log, refresh tokens and waiting reports are also removed.
   *
   * @throws TypeError If the emulator was opened on a file with more than 100,000 readings.
   */
  reset(): void {
    this.#faults.clear();
    this.#events.clear();
    this.#uploads.forget();
    this.counting.reset();
    this.#initial.restore();
    this.#events.emit({ kind: "reset", at: new Date().toISOString() });
  }

  /**
   * Copies all stored data, except reports that wait to be counted.
   *
   * @returns The copy, held in memory until it or the emulator is closed.
   *
   * @example
   * ```ts
   * import { createEmulator } from "@archfx/cloud/emulator";
   *
   * await using emulator = await createEmulator();
   * const snapshot = await emulator.snapshot();
   * // ... whatever a test does ...
   * emulator.restore(snapshot);
   * ```
   */
  async snapshot(): Promise<EmulatorSnapshot> {
    const snapshot = await Snapshot.take(this.#store.db);
    this.#snapshots.add(snapshot);
    return snapshot;
  }

  /**
   * Restores a snapshot. Access tokens stay valid; the refresh tokens are those of the snapshot.
   *
   * @param snapshot A result of {@linkcode Emulator.snapshot} of this emulator.
   * @throws TypeError If another emulator took the snapshot, or it is closed.
   */
  restore(snapshot: EmulatorSnapshot): void {
    if (!(snapshot instanceof Snapshot) || !this.#snapshots.has(snapshot)) {
      throw new TypeError("Cannot restore the snapshot: another emulator took it");
    }
    this.#uploads.forget();
    snapshot.restore(this.#store.db);
    this.#events.emit({ kind: "reset", at: new Date().toISOString() });
  }

  /**
   * Writes all stored data to a folder, for the option `importFrom`.
   *
   * @param dir The folder; created if it does not exist. An existing export is replaced once the new
   * one is complete.
   */
  exportTo(dir: string): Promise<void> {
    return exportStore(this.#store, dir);
  }

  /** Stops listening and closes the store. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.counting.stop();
    await Promise.all([...this.#servers].map((server) => server.close()));
    for (const snapshot of [this.#initial, ...this.#snapshots]) snapshot.close();
    this.#store.close();
  }

  /** The emulator as text: `Emulator(:memory:)`. */
  toString(): string {
    return `Emulator(${this.#store.db.path})`;
  }

  /** The store and the addresses it listens on. */
  toJSON(): { db: string; urls: string[] } {
    return { db: this.#store.db.path, urls: [...this.#servers].map(({ url }) => url) };
  }

  static {
    inspectable(this.prototype, (it) => it.toString());
  }

  /** Closes the emulator at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Makes an emulator.
 *
 * @param options The store, the seed, and settings for tests.
 * @returns The emulator; it does not listen yet.
 * @throws TypeError If an option is invalid, or the seed or the store cannot be read.
 *
 * @example In process
 * ```ts
 * import { createEmulator } from "@archfx/cloud/emulator";
 * import { assertEquals } from "@std/assert";
 *
 * await using emulator = await createEmulator();
 * const response = await emulator.fetch("http://emulator/api/v1/auth/login/", {
 *   method: "POST",
 *   headers: { "Content-Type": "application/json" },
 *   body: JSON.stringify({ email: "user@example.com", password: "my.pass" }),
 * });
 * assertEquals((await response.json()).username, "user");
 * ```
 */
export function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  return Emulator.create(options);
}
