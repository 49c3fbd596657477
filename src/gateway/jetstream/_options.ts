/**
 * The address of a queue on NATS, and its options, checked by name.
 *
 * @module
 */
import { isRecord } from "../../_is_record.ts";
import { checkNames } from "../../_options.ts";
import { shown } from "../../_shown.ts";
import { type NatsPlace, parseNatsUrl } from "../nats_url.ts";
import type { NatsQueueOptions } from "../types.ts";

/** Options with all defaults. */
export interface CheckedNatsOptions extends Pick<NatsQueueOptions, "credentials" | "tls"> {
  readonly overflow: "block" | "reject";
}

const NAMES = ["overflow", "credentials", "tls"];
/** Options of a queue in a file, and their replacements. */
const OF_FILES: Readonly<Record<string, string>> = {
  maxBytes: 'the limit is that of the stream: "nats stream edit --max-bytes"',
  maxAgeMs: "a queue that several gateways share never gives up readings",
  minFreeBytes: 'the servers have "max_file_store" for it',
  reserveBytes: "intake stops before the limit of the stream",
  syncMs: 'the servers have "sync_interval" for it',
};

/**
 * The options with defaults, or an error that names the invalid option.
 *
 * @throws {TypeError} If an option is unknown, not for NATS, or out of range.
 */
export function natsOptions(options: NatsQueueOptions): CheckedNatsOptions {
  for (const [name, instead] of Object.entries(OF_FILES)) {
    if (!isRecord(options) || options[name] === undefined) continue;
    throw new TypeError(`Cannot use "${name}" with a queue on NATS: ${instead}`);
  }
  checkNames(options, NAMES, "option of openQueue");
  const { overflow = "block", credentials, tls }: Omit<NatsQueueOptions, "overflow"> & {
    overflow?: string;
  } = options;
  if (overflow === "drop-oldest") {
    throw new TypeError(
      'Cannot use "drop-oldest" as "overflow" of a queue on NATS: a queue that several gateways share never ' +
        'gives up readings; use "block" or "reject"',
    );
  }
  if (overflow !== "block" && overflow !== "reject") {
    throw new TypeError(
      `Cannot use ${shown(overflow)} as "overflow": it must be "block" or "reject"`,
    );
  }
  if (typeof credentials === "object" && credentials !== null) {
    const names = Object.keys(credentials).sort().join();
    if (names !== "token" && names !== "password,user") wrongCredentials();
    if (Object.values(credentials).some((it) => typeof it !== "string" || it === "")) {
      wrongCredentials();
    }
  } else if (credentials !== undefined) {
    if (typeof credentials !== "string" || !/-----BEGIN|^SU[A-Z2-7]+\s*$/.test(credentials)) {
      wrongCredentials();
    }
  }
  if (tls !== undefined && tls !== true) {
    checkNames(tls, ["ca", "cert", "key"], 'part of "tls"');
    for (const [name, text] of Object.entries(tls)) {
      if (text === undefined || (typeof text === "string" && text.includes("-----BEGIN"))) continue;
      throw new TypeError(`Cannot use "tls.${name}": it must be the text of a PEM file`);
    }
  }
  return {
    overflow,
    ...(credentials !== undefined && { credentials }),
    ...(tls !== undefined && { tls }),
  };
}

/** Its value is a secret and is not shown. */
function wrongCredentials(): never {
  throw new TypeError(
    'Cannot use "credentials": it must be the text of a .creds file, an nkey seed, { user, password } or { token }',
  );
}

/** The servers and the stream of an address. */
export interface NatsAddress extends NatsPlace {
  /** The address, for messages: it has no secrets. */
  readonly text: string;
}

/**
 * Reads `nats://host[:port][,host[:port]…]/STREAM`.
 *
 * @throws {QueueError} If it has another form.
 */
export function natsPlace(where: string | URL): NatsAddress {
  const text = String(where);
  const { servers, stream } = parseNatsUrl(text);
  return { servers: servers.map((it) => /:\d+$/.test(it) ? it : `${it}:4222`), stream, text };
}
