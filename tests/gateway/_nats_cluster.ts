/**
 * Real nats-servers on loopback, for tests: a cluster of three with `sync_interval: always`, each of which can be
 * killed, frozen and started again at its address.
 */
import { NatsRoutes } from "./_nats_routes.ts";
import { Guarded } from "./_orphans.ts";

/** A pause. */
export const delay = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/** The program: named by NATS_SERVER, in the PATH, or where CI puts it. */
export const NATS_SERVER: string | undefined = findServer();

/** An old version without atomic batches: from NATS_SERVER_OLD, or from CI. */
export const OLD_NATS_SERVER: string | undefined = firstFile([
  Deno.env.get("NATS_SERVER_OLD") ?? "",
  new URL("../../.venv/nats-2.11/bin/nats-server", import.meta.url).pathname,
]);

function findServer(): string | undefined {
  const named = Deno.env.get("NATS_SERVER");
  const inPath = (Deno.env.get("PATH") ?? "").split(":").map((folder) => `${folder}/nats-server`);
  const inCi = new URL("../../.venv/bin/nats-server", import.meta.url).pathname;
  return firstFile([...named ? [named] : [], ...inPath, inCi]);
}

function firstFile(paths: readonly string[]): string | undefined {
  return paths.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** A test that needs the program; without it, the test prints that it did not run. */
export function natsTest(name: string, fn: () => Promise<void>): void {
  if (!NATS_SERVER) console.log(`no nats-server here: "${name}" does not run`);
  Deno.test({ name, ignore: !NATS_SERVER, fn });
}

/** The options of the servers. */
export interface ClusterOptions {
  /** How many; 3 unless set. */
  readonly servers?: number;
  /** When they write to the disk; `always` unless set. */
  readonly syncInterval?: string;
  /** More lines for the configuration of each server, such as accounts. */
  readonly more?: string;
  /** The address of each server; 127.0.0.1 unless set. */
  readonly hosts?: readonly string[];
  /** Clients are not told the addresses of the other servers. */
  readonly noAdvertise?: boolean;
  /** Another program than the usual one. */
  readonly program?: string;
  /** Whether servers can be cut off from each other. */
  readonly routes?: true;
  /** A command before the server's, for a separate network namespace. */
  readonly wrap?: readonly (readonly string[])[];
}

interface Server {
  readonly host: string;
  readonly port: number;
  /** Its page about itself. */
  readonly http: number;
  readonly config: string;
  /** The folder of its data. */
  readonly store: string;
  readonly wrap: readonly string[];
  readonly program: string;
  running?: Guarded | undefined;
}

/** The used part of a server's page about a stream. */
interface StreamPage {
  readonly state: { readonly messages: number };
}

/** Servers that run. */
export class NatsCluster implements AsyncDisposable {
  readonly #servers: Server[];
  /** Cuts servers off from each other, if the test requires it. */
  readonly routes: NatsRoutes | undefined;

  private constructor(servers: Server[], routes: NatsRoutes | undefined) {
    this.#servers = servers;
    this.routes = routes;
  }

  /** Starts servers, and waits until they have a leader. */
  static async start(folder: string, options: ClusterOptions = {}): Promise<NatsCluster> {
    const { servers: count = 3, syncInterval = "always", more = "", hosts = [], wrap = [] } =
      options;
    const { program = NATS_SERVER! } = options;
    const advertise = options.noAdvertise ? "no_advertise: true" : "";
    const host = (i: number) => hosts[i] ?? "127.0.0.1";
    const ports = freePorts(3 * count);
    const urls = Array.from({ length: count }, (_, i) => `nats://${host(i)}:${ports[count + i]}`);
    const routes = options.routes && new NatsRoutes(ports.slice(count, 2 * count));
    // With an address that the others can use, they would go round the proxies.
    const nowhere = routes ? `advertise: "127.0.0.1:1"` : "";
    const servers: Server[] = [];
    for (let i = 0; i < count; i++) {
      const config = `${folder}/server-${i}.conf`;
      const cluster = count === 1 ? "" : `cluster {
  name: plant
  listen: "${host(i)}:${ports[count + i]}"
  routes: [${(routes?.urls(i) ?? urls).join(", ")}]
  ${advertise}
  ${nowhere}
}`;
      await Deno.writeTextFile(
        config,
        `server_name: s${i}
listen: "${host(i)}:${ports[i]}"
http: "${host(i)}:${ports[2 * count + i]}"
jetstream { store_dir: "${folder}/store-${i}", sync_interval: ${syncInterval} }
${cluster}
${more}
`,
      );
      const [port, http] = [ports[i]!, ports[2 * count + i]!];
      const store = `${folder}/store-${i}`;
      servers.push({ host: host(i), port, http, config, store, wrap: wrap[i] ?? [], program });
    }
    const started = new NatsCluster(servers, routes);
    for (let i = 0; i < count; i++) started.start(i);
    return started;
  }

  /** How many there are. */
  get size(): number {
    return this.#servers.length;
  }

  /** The address of the queue `name`. */
  url(name: string): string {
    return `nats://${this.#servers.map(({ host, port }) => `${host}:${port}`).join(",")}/${name}`;
  }

  /** The address of each server. */
  get addresses(): { readonly hostname: string; readonly port: number }[] {
    return this.#servers.map(({ host, port }) => ({ hostname: host, port }));
  }

  /** The server that leads the stream with the most messages, as one server knows it. */
  async leader(asked: number): Promise<number | undefined> {
    const { host, http } = this.#servers[asked]!;
    try {
      const response = await fetch(`http://${host}:${http}/jsz?streams=true`, {
        signal: AbortSignal.timeout(1000),
      });
      const { account_details = [] } = await response.json();
      const streams = account_details.flatMap((it: { stream_detail?: unknown[] }) =>
        it.stream_detail ?? []
      ).sort((a: StreamPage, b: StreamPage) => b.state.messages - a.state.messages);
      const name = streams[0]?.cluster?.leader;
      return name === undefined ? undefined : Number(name.slice(1));
    } catch {
      return undefined; // It is dead or frozen: another one knows.
    }
  }

  /** Waits until a server has caught up with the others, as its page says. */
  async current(i: number): Promise<void> {
    const { host, http } = this.#servers[i]!;
    for (;;) {
      try {
        const response = await fetch(`http://${host}:${http}/healthz`, {
          signal: AbortSignal.timeout(1000),
        });
        const { status } = await response.json();
        if (status === "ok") return;
      } catch {
        // It is starting.
      }
      await delay(200);
    }
  }

  /** Kills a server, and its disk with it. */
  async loseDisk(i: number): Promise<void> {
    await this.kill(i);
    await Deno.remove(this.#servers[i]!.store, { recursive: true });
  }

  /** Starts a server that does not run. */
  start(i: number): void {
    const server = this.#servers[i]!;
    const [program, ...args] = [...server.wrap, server.program, "-c", server.config];
    server.running = new Guarded(program!, {
      args,
      stdout: "null",
      stderr: Deno.env.get("NATS_LOG") ? "inherit" : "null",
    });
  }

  /** Kills a server with -9; nothing if it does not run. */
  async kill(i: number): Promise<void> {
    const server = this.#servers[i]!;
    const { running } = server;
    server.running = undefined;
    await running?.kill();
  }

  /** Freezes a server for a time, as a machine that swaps or a virtual machine that is moved. */
  async freeze(i: number, ms: number): Promise<void> {
    const resume = this.halt(i);
    await delay(ms);
    resume();
  }

  /** Freezes a server, until the function is called that is returned. */
  halt(i: number): () => void {
    const child = this.#servers[i]!.running?.child;
    child?.kill("SIGSTOP");
    return () => child?.kill("SIGCONT");
  }

  /** The CPU time of all servers so far, in seconds. */
  cpuSeconds(): number {
    let ticks = 0;
    for (const { running } of this.#servers) {
      if (!running) continue;
      const fields = Deno.readTextFileSync(`/proc/${running.child.pid}/stat`).split(") ")[1]!.split(
        " ",
      );
      ticks += Number(fields[11]) + Number(fields[12]);
    }
    return ticks / 100;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map((_, i) => this.kill(i)));
    await this.routes?.[Symbol.asyncDispose]();
  }
}

/** Below those that the system gives away for port 0: between this check and the server's start, nobody gets them. */
const LOWEST_PORT = 12_000, PORTS = 20_000;

/** Ports that nothing listens on. */
export function freePorts(count: number): number[] {
  const found = new Set<number>();
  while (found.size < count) {
    const port = LOWEST_PORT + Math.floor(Math.random() * PORTS);
    try {
      Deno.listen({ port, hostname: "127.0.0.1" }).close();
      found.add(port);
    } catch {
      // It is taken: another one.
    }
  }
  return [...found];
}
