/** Debian's mosquitto on loopback, for tests. */

/** A broker that can be killed and started again. */
export class Mosquitto {
  readonly port: number;
  readonly url: string;
  readonly #folder: string;
  #child: Deno.ChildProcess | undefined;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.url = `mqtt://127.0.0.1:${port}`;
    this.#folder = folder;
  }

  /** Whether it is installed here. */
  static get installed(): boolean {
    try {
      return Deno.statSync("/usr/sbin/mosquitto").isFile;
    } catch {
      return false;
    }
  }

  static async start(folder: string): Promise<Mosquitto> {
    const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    const broker = new Mosquitto(port, folder);
    await broker.start();
    return broker;
  }

  async start(): Promise<void> {
    const config = `${this.#folder}/mosquitto.conf`;
    await Deno.writeTextFile(
      config,
      `listener ${this.port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n` +
        `persistence true\npersistence_location ${this.#folder}/\nautosave_interval 1\n`,
    );
    // mosquitto drops its rights to a user that must be able to write here.
    await Deno.chmod(this.#folder, 0o777);
    this.#child = new Deno.Command("/usr/sbin/mosquitto", {
      args: ["-c", config],
      stdout: "null",
      stderr: "null",
    }).spawn();
    for (;;) {
      try {
        (await Deno.connect({ port: this.port, hostname: "127.0.0.1" })).close();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  async kill(signal: Deno.Signal = "SIGKILL"): Promise<void> {
    this.#child?.kill(signal);
    await this.#child?.status;
    this.#child = undefined;
  }
}

/** The part of a publishing client that the tests use. */
export interface Publisher {
  publishAsync(topic: string, payload: string, options: { qos: 0 | 1 }): Promise<unknown>;
  endAsync(force?: boolean): Promise<void>;
  on(event: "error", listener: (error: Error) => void): unknown;
}

/**
 * A client of the package `mqtt` that publishes. With an id it has a session that outlives its connection, and sends
 * again what the broker did not acknowledge.
 */
export async function publisher(url: string, clientId?: string): Promise<Publisher> {
  // deno-lint-ignore no-import-prefix -- An optional peer: see src/gateway/sources/_mqtt_library.ts.
  const { default: mqtt } = await import("npm:mqtt@5.16.0");
  const client = await mqtt.connectAsync(url, {
    protocolVersion: 5,
    reconnectPeriod: 100,
    ...(clientId !== undefined && {
      clientId,
      clean: false,
      properties: { sessionExpiryInterval: 3600 },
    }),
  });
  client.on("error", () => {}); // It connects again.
  return client as unknown as Publisher;
}
