/** A cloud for tests of the gateway: the emulator behind a proxy on loopback that behaves as a test requires. */
import { Api, ArchFXFlexibleDictionaryReport } from "../../mod.ts";
import { createEmulator, type Emulator, type EmulatorOptions } from "../../src/emulator/mod.ts";

/** A report on its way through the proxy. */
export interface Passing {
  readonly report: ArchFXFlexibleDictionaryReport;
  readonly ids: readonly [lowest: number, highest: number];
  readonly bytes: number;
  /** Sends it on to the emulator; may be called again, or later. */
  forward(): Promise<Response>;
}

/** What happens to a report that is not forwarded. */
export type Hook = (passing: Passing) => Response | Promise<Response>;

/** A JSON response. */
export function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json" },
  });
}

/** The emulator behind a proxy. */
export class TestCloud implements AsyncDisposable {
  readonly emulator: Emulator;
  readonly url: string;
  readonly #server: Deno.HttpServer;
  /** What happens to reports. */
  onReport: Hook = ({ forward }) => forward();
  /** Answers other requests instead of the emulator. */
  onRequest: (request: Request) => Response | undefined | Promise<Response | undefined> = () =>
    undefined;
  /** The ids of every report that arrived, in order. */
  readonly seen: (readonly [number, number])[] = [];
  /** `sent_timestamp` of every report that arrived. */
  readonly sent: string[] = [];

  private constructor(emulator: Emulator) {
    this.emulator = emulator;
    this.#server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      (request) => this.#handle(request),
    );
    this.url = `http://127.0.0.1:${(this.#server.addr as Deno.NetAddr).port}`;
  }

  static async start(options: EmulatorOptions = {}): Promise<TestCloud> {
    return new TestCloud(await createEmulator(options));
  }

  async #handle(request: Request): Promise<Response> {
    const own = await this.onRequest(request);
    if (own) return own;
    if (request.method !== "POST" || !request.url.includes("/streamer/report/")) {
      return await this.emulator.fetch(request);
    }
    const body = new Uint8Array(await request.arrayBuffer());
    const { url, method, headers } = request;
    const form = await new Response(body, {
      headers: { "content-type": headers.get("content-type")! },
    }).formData();
    const file = new Uint8Array(await (form.get("file") as File).arrayBuffer());
    const report = ArchFXFlexibleDictionaryReport.decode(file);
    const ids = [Number(report.lowestId), Number(report.highestId)] as const;
    this.seen.push(ids);
    this.sent.push(report.sentTimestamp?.toISOString() ?? "");
    const copy = [...headers];
    const forward = async () =>
      await this.emulator.fetch(new Request(url, { method, headers: copy, body }));
    return await this.onReport({ report, ids, bytes: body.length, forward });
  }

  /** A client that is signed in. */
  async api(): Promise<Api> {
    const api = new Api(this.url, { retries: 0 });
    await api.login({ email: "user@example.com", password: "my.pass" });
    return api;
  }

  /** A client that is signed in, past the proxy. */
  async direct(): Promise<Api> {
    const api = new Api("http://127.0.0.1", { fetch: this.emulator.fetch, retries: 0 });
    await api.login({ email: "user@example.com", password: "my.pass" });
    return api;
  }

  /** The readings of a device, by id: `value` of each, every row of it. */
  async readings(device: string): Promise<{ id: number; value: number; timestamp: string }[]> {
    const api = await this.api();
    const rows = await api.data.all({ filter: device, page_size: 10_000 });
    return rows.map(({ streamer_local_id, value, timestamp }) => ({
      id: streamer_local_id,
      value,
      timestamp,
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    await this.emulator.close();
  }
}
