/** A plain HTTP client for the tests of the emulator, which does not change the responses. */
import { createEmulator, type Emulator, type EmulatorOptions } from "../../src/emulator/mod.ts";

/** An unchanged response. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body if it is JSON, otherwise the text. */
  // deno-lint-ignore no-explicit-any
  readonly body: any;
}

/** Calls one server, with or without an Authorization header. */
export class Client {
  readonly url: string;
  readonly authorization: string | undefined;

  constructor(url: string, authorization?: string) {
    this.url = url;
    this.authorization = authorization;
  }

  /** Sends a request below `/api/v1/`, or at a path from the root. */
  async send(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
    const target = path.startsWith("/") ? path : `/api/v1/${path}`;
    const headers = new Headers(init.headers);
    if (this.authorization !== undefined && !headers.has("authorization")) {
      headers.set("authorization", this.authorization);
    }
    const response = await fetch(this.url + target, {
      redirect: "manual",
      ...init,
      method,
      headers,
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json");
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== "" ? JSON.parse(text) : text,
    };
  }

  get(path: string): Promise<Answer> {
    return this.send("GET", path);
  }

  /** Sends JSON: as a Blob, because Deno sends text again by itself when a connection breaks. */
  json(method: string, path: string, body: unknown): Promise<Answer> {
    return this.send(method, path, {
      body: new Blob([JSON.stringify(body)]),
      headers: { "content-type": "application/json" },
    });
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.json("POST", path, body);
  }

  /** Uploads bytes as the part `file`. */
  upload(
    bytes: Uint8Array,
    options: { timestamp?: string | null; name?: string; part?: string } = {},
  ): Promise<Answer> {
    const { timestamp = "2026-01-02T03:04:05Z", name = "report.mp", part = "file" } = options;
    const form = new FormData();
    form.append(part, new Blob([bytes as Uint8Array<ArrayBuffer>]), name);
    const query = timestamp === null ? "" : `?timestamp=${encodeURIComponent(timestamp)}`;
    return this.send("POST", `streamer/report/${query}`, { body: form });
  }

  /** The same server with another Authorization header. */
  as(authorization: string | undefined): Client {
    return new Client(this.url, authorization);
  }

  /** Logs in and returns a client with the token. */
  async login(email: string, password = "my.pass"): Promise<Client> {
    const { body } = await this.as(undefined).post("auth/login/", { email, password });
    return this.as(`jwt ${body.jwt}`);
  }
}

/** Runs a test against an emulator on a new socket. */
export async function serving(
  test: (client: Client, emulator: Emulator) => Promise<void>,
  options: EmulatorOptions = {},
): Promise<void> {
  await using emulator = await createEmulator(options);
  const { url } = await emulator.listen();
  await test(new Client(url), emulator);
}
