/// <reference lib="dom" />
/**
 * The emulator's REST API and control paths, as the console uses them.
 *
 * Every call has the header `X-ArchFX-Console`, so that the console's own calls do not trigger faults and do not
 * appear in the log of requests.
 *
 * @module
 */
import { parseExactJson } from "../../../_exact_json.ts";
import { isMap } from "../../../_is_record.ts";
import type { ReportEvent, RequestEvent } from "../../control/events.ts";
import type { Fault } from "../../control/faults.ts";
import type { About } from "../../routes/control.ts";
export type { About };

/** A row as the API returns it. */
export type Row = Record<string, unknown>;

interface Tokens {
  readonly access: string;
  readonly refresh: string;
}

const KEY = "archfx-console";
const HEADERS = { "X-ArchFX-Console": "1" };

/** The console was signed out: its tokens are rejected. */
export class SignedOut extends Error {
  override name = "SignedOut";
}

/** The console's session with the emulator. */
export class Cloud {
  #tokens: Tokens | undefined;
  #refreshing: Promise<boolean> | undefined;

  /** The user who is signed in; empty if signed out. */
  username = "";

  constructor() {
    // The tokens are kept over a reload, but not after the tab is closed.
    const kept = sessionStorage.getItem(KEY);
    if (kept === null) return;
    const { username, ...tokens }: Tokens & { username: string } = JSON.parse(kept);
    this.username = username;
    this.#tokens = tokens;
  }

  get signedIn(): boolean {
    return this.#tokens !== undefined;
  }

  /** Sign in; false if the emulator rejects the password. */
  async login(email: string, password: string): Promise<boolean> {
    const response = await send("/api/v1/auth/login/", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ email, password }),
    });
    if ([400, 401, 403].includes(response.status)) return false;
    const body = row(await json(response));
    this.username = String(body.username ?? email);
    this.#keep({ access: String(body.jwt), refresh: String(body.jwt_refresh_token) });
    return true;
  }

  /** Sign out: the tokens are always deleted here, even if the emulator returns an error. */
  async logout(): Promise<void> {
    const tokens = this.#tokens;
    this.#forget();
    if (tokens === undefined) return;
    await send("/api/v1/auth/logout/", {
      method: "POST",
      headers: { Authorization: `jwt ${tokens.access}` },
    }).catch(() => undefined);
  }

  /** One object, or one page of a list. */
  async get(path: string, params: Record<string, string | number> = {}): Promise<Row> {
    const query = new URLSearchParams(Object.entries(params).map(([k, v]) => [k, String(v)]));
    return row(await json(await this.#call(`/api/v1/${path}/?${query}`)));
  }

  /** A response that is not JSON, unchanged. */
  async text(path: string, params: Record<string, string | number> = {}): Promise<string> {
    const query = new URLSearchParams(Object.entries(params).map(([k, v]) => [k, String(v)]));
    const response = await this.#call(`/api/v1/${path}/?${query}`);
    if (!response.ok) await json(response);
    return await response.text();
  }

  /** All rows of a list; at most `limit` of them. */
  async all(
    path: string,
    params: Record<string, string | number> = {},
    limit = Infinity,
  ): Promise<{ rows: Row[]; count: number }> {
    const rows: Row[] = [];
    for (let page = 1;; page++) {
      const { results, next, count } = await this.get(path, { ...params, page });
      if (!Array.isArray(results)) throw unreadable();
      rows.push(...results);
      if (next === null || rows.length >= limit) return { rows, count: Number(count) };
    }
  }

  /** Upload a report; resolves with how many of its readings were new. */
  async upload(file: Blob, name: string): Promise<number> {
    const form = new FormData();
    form.append("file", file, name.endsWith(".mp") ? name : `${name}.mp`);
    const timestamp = encodeURIComponent(new Date().toISOString());
    const response = await this.#call(`/api/v1/streamer/report/?timestamp=${timestamp}`, {
      method: "POST",
      body: form,
    }, false);
    return Number(row(await json(response)).count);
  }

  async #call(path: string, init: RequestInit = {}, asConsole = true): Promise<Response> {
    for (let attempt = 1;; attempt++) {
      const tokens = this.#tokens;
      if (tokens === undefined) {
        throw new SignedOut("Cannot call the emulator: you are not signed in");
      }
      const headers = { Authorization: `jwt ${tokens.access}` };
      const response = await send(path, { ...init, headers }, asConsole);
      if (response.status !== 401) return response;
      // Another call may have renewed or dropped the tokens during this one.
      if (this.#tokens !== tokens && attempt === 1) continue;
      if (attempt === 2 || !await this.#refresh()) {
        if (this.#tokens === tokens) this.#forget();
        throw new SignedOut("Cannot call the emulator: the session has ended");
      }
    }
  }

  #refresh(): Promise<boolean> {
    this.#refreshing ??= this.#renew().finally(() => this.#refreshing = undefined);
    return this.#refreshing;
  }

  async #renew(): Promise<boolean> {
    const response = await send("/api/v1/auth/api-jwt-refresh/", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ refresh: this.#tokens?.refresh }),
    });
    if (!response.ok) return false;
    const { access, refresh }: Partial<Tokens> = await response.json();
    this.#keep({ access: access!, refresh: refresh ?? this.#tokens!.refresh });
    return true;
  }

  #keep(tokens: Tokens): void {
    this.#tokens = tokens;
    sessionStorage.setItem(KEY, JSON.stringify({ ...tokens, username: this.username }));
  }

  #forget(): void {
    this.#tokens = undefined;
    sessionStorage.removeItem(KEY);
  }
}

/** A response that is one object. */
function row(answer: unknown): Row {
  if (isMap(answer)) return answer;
  throw unreadable();
}

function unreadable(): Error {
  return new Error("Cannot read the response of the emulator");
}

/** Which emulator this is; undefined while it cannot be reached. */
export async function about(): Promise<About | undefined> {
  return await control("about").catch(() => undefined);
}

/** The responses of the control paths; those of other paths are not used. */
interface Answers {
  readonly about: About;
  readonly faults: Fault[];
  readonly reports: ReportEvent[];
  readonly requests: RequestEvent[];
  readonly "tokens/revoke": { readonly revoked: number };
}

type Answer<Path extends string> = Path extends keyof Answers ? Answers[Path] : unknown;

/** Call a control path; throws an error with the emulator's reason if it rejects the call. */
export async function control<Path extends string>(
  path: Path,
  method = "GET",
  body?: unknown,
): Promise<Answer<Path>> {
  const response = await send(`/__emulator__/${path}`, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  // The page and the emulator always have the same version.
  return await json(response) as Answer<Path>;
}

async function send(path: string, init: RequestInit = {}, asConsole = true): Promise<Response> {
  try {
    return await fetch(path, {
      ...init,
      headers: { ...init.headers, ...(asConsole ? HEADERS : {}) },
      // A link or redirect to another host comes from a fault, so the console does not follow it.
      redirect: "error",
      credentials: "omit",
    });
  } catch {
    throw new Error("Cannot reach the emulator: it has stopped, or a fault cut the connection");
  }
}

async function json(response: Response): Promise<unknown> {
  const text = await response.text();
  // Integers beyond 2^53 keep all their digits.
  if (response.ok) return text === "" ? undefined : parseExactJson(text);
  throw new Error(`The emulator responded with ${response.status}: ${reason(text)}`);
}

/** The reason in the body of an error, which has one of five forms. */
function reason(text: string): string {
  try {
    const body = JSON.parse(text);
    if (typeof body === "string") return body;
    if (Array.isArray(body)) return body.join("; ");
    return String(body.detail ?? body.error ?? JSON.stringify(body));
  } catch {
    return "an HTML page, probably from a proxy or a failed server";
  }
}
