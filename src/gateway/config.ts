/**
 * gateway.json: one table with its options, their meanings, defaults and rules. The JSON Schema, the file that
 * `archfx gateway init` writes, and the errors are all generated from it.
 *
 * @module
 */
import { isSafeInteger } from "../_integers.ts";
import { isRecord } from "../_is_record.ts";
import { shown } from "../_shown.ts";
import { QueueError } from "./errors.ts";
import type { GatewayRole } from "./types.ts";
import { isNats, parseNatsUrl } from "./nats_url.ts";

/** One option. */
interface Field {
  readonly meaning: string;
  readonly type: "string" | "integer" | "number" | "boolean" | "array" | "object";
  /** The value that `init` writes; undefined: the option is left out unless it is set. */
  readonly initial?: unknown;
  readonly required?: true;
  readonly choices?: readonly string[];
  readonly least?: number;
  /** Set if it applies only to a queue in a file, or only to one on NATS. */
  readonly only?: "file" | "nats";
}

const text = (meaning: string, more: Partial<Field> = {}): Field => ({
  meaning,
  type: "string",
  ...more,
});
const count = (meaning: string, initial: number, least = 0): Field => ({
  meaning,
  type: "integer",
  initial,
  least,
});
const ofFile = (meaning: string, initial: number, least = 0): Field => ({
  ...count(meaning, initial, least),
  only: "file",
});

const MAIN: Record<string, Field> = {
  queue: text(
    "The queue's file, on a local disk, relative to this file; or nats://HOST,HOST,HOST/STREAM, a queue that " +
      "several gateways share",
    { initial: "queue.sqlite" },
  ),
  role: text(
    "The role of this gateway with a queue on NATS: collector (its sources push), sender (it sends, without " +
      "sources), or both",
    { initial: "both", choices: ["both", "collector", "sender"] },
  ),
  credentialsFile: text(
    "A file with the credentials for NATS: a .creds file, an nkey seed, or USER:PASSWORD in one line",
    { only: "nats" },
  ),
  credentialsEnv: text("The environment variable with the credentials, instead of a file", {
    only: "nats",
  }),
  tls: {
    meaning:
      "TLS to the NATS servers: PEM files, { caFile } with certificate authorities, { certFile, keyFile } with the " +
      "certificate of this gateway and its key",
    type: "object",
    only: "nats",
  },
  domain: text(
    "The address of the cloud; without it: ARCHFX_DOMAIN, or the cloud of the last archfx login",
  ),
  apiKeyFile: text(
    "A file with the API key; without it: ARCHFX_API_KEY, ARCHFX_TOKEN, the credentials of archfx login, or ARCHFX_EMAIL and ARCHFX_PASSWORD",
  ),
  listen: text("The address of /health and /metrics; leave it out to serve neither", {
    initial: "127.0.0.1:9464",
  }),
  streamers: {
    meaning: "The first and the last streamer index of this gateway: no other program may use them",
    type: "array",
    initial: [256, 271],
  },
  maxReadings: count("The maximum number of readings in a report", 20_000, 1),
  maxReportBytes: count("The maximum size of a report in bytes", 8 * 2 ** 20, 1),
  maxDelayMs: count("How long readings wait for others to make a larger report", 1000),
  maxReadingId: count("The highest reading id that the cloud can store", 2 ** 31 - 1, 1),
  confirmMs: count("How long the cloud may take to count a report after accepting it", 60_000),
  retryHeldMs: count(
    "The time after which a report that is rejected as a whole is tried again",
    300_000,
  ),
  overflow: text("What happens when the queue is full", {
    initial: "block",
    choices: ["block", "reject", "drop-oldest"],
  }),
  maxBytes: ofFile("The maximum size of the queue in bytes", 10 * 2 ** 30, 1),
  maxAgeMs: {
    meaning: "Readings that have waited longer are given up; only with overflow drop-oldest",
    type: "integer",
    least: 1,
    only: "file",
  },
  minFreeBytes: ofFile("Intake stops when the disk has less free space, in bytes", 2 ** 30),
  reserveBytes: ofFile(
    "The size of the reserve file, for sending when the disk is full",
    16 * 2 ** 20,
  ),
  syncMs: ofFile("How long a push waits for others that share its fsync", 2),
  log: text("The format of log lines", { initial: "text", choices: ["text", "json"] }),
  sources: { meaning: "Where readings come from", type: "array", initial: [], required: true },
};

const TLS: Record<string, Field> = {
  caFile: text("A file with certificate authorities"),
  certFile: text("A file with the certificate of this gateway"),
  keyFile: text("A file with its key"),
};

const TEXT: Record<string, Field> = {
  name: text("The name of the source; it must not change"),
  format: text("The format, if it is not clear from the name or the content type", {
    choices: ["csv", "ndjson"],
  }),
  device: text("The device of every reading, if the rows have no device"),
  streamer: { meaning: "A streamer outside the gateway's range", type: "integer", least: 0 },
  read: {
    meaning: "Options of the readers: columns, stream, timeFormat and so on",
    type: "object",
  },
  profile: text("A profile file with such options, from archfx profile"),
};

const SOURCES: Record<string, Record<string, Field>> = {
  folder: {
    ...TEXT,
    path: text("The folder", { required: true }),
    mode: text("complete: files are read when they are complete; append: files grow", {
      choices: ["complete", "append"],
    }),
    match: text("The names of the files that are read, with * and ?"),
    settleMs: { meaning: "How long a file must be unchanged", type: "integer", least: 0 },
    done: text("What happens to a complete file", { choices: ["move", "remove"] }),
    maxBadRows: { meaning: "A file with more goes to failed/", type: "integer", least: 0 },
    pollMs: { meaning: "How often the folder is read, in ms", type: "integer", least: 1 },
  },
  stdin: TEXT,
  http: {
    ...TEXT,
    listen: text("The address, such as 127.0.0.1:8470", { required: true }),
    tokenFile: text("A file with the token of the clients"),
    tokenEnv: text("The environment variable with the token"),
    expose: { meaning: "Whether other machines may reach it", type: "boolean" },
    maxBodyBytes: {
      meaning: "The maximum size of an unpacked body in bytes",
      type: "integer",
      least: 1,
    },
    timeoutMs: { meaning: "How long a client may take, in ms", type: "integer", least: 1 },
  },
  mqtt: {
    name: TEXT.name!,
    url: text("The broker, mqtt://host:1883", { required: true }),
    username: text("The user name for the broker"),
    passwordFile: text("A file with the password"),
    passwordEnv: text("The environment variable with the password"),
    caFile: text("A file with certificate authorities"),
    connections: { meaning: "How many connections share the topics", type: "integer", least: 1 },
    receiveMaximum: {
      meaning: "The maximum number of unacknowledged messages per connection",
      type: "integer",
      least: 1,
    },
    topics: { meaning: "The topics: see docs/gateway.md", type: "array", required: true },
  },
};

/** A source in gateway.json. */
export type SourceConfig =
  & { readonly type: string; readonly name?: string }
  & Record<string, unknown>;

/** gateway.json, checked; options that were left out are absent. */
export interface GatewayConfig extends Record<string, unknown> {
  readonly queue: string;
  readonly role?: GatewayRole;
  readonly sources: readonly SourceConfig[];
}

/**
 * Checks gateway.json.
 *
 * @throws {QueueError} With the name of every invalid field.
 */
export function checkConfig(value: unknown): GatewayConfig {
  const problems: string[] = [];
  const config = fields(value, "", MAIN, problems);
  const sources: readonly unknown[] = Array.isArray(config.sources) ? config.sources : [];
  const checked = sources.map((source, i) => {
    const where = `sources[${i}]`;
    const type = isRecord(source) ? source.type : undefined;
    const known = SOURCES[String(type)];
    if (!known || !isRecord(source)) {
      problems.push(
        `${where}.type must be one of ${Object.keys(SOURCES).join(", ")}, but is ${shown(type)}`,
      );
      return source;
    }
    const { type: _, ...rest } = source;
    return { type, ...fields(rest, `${where}.`, known, problems) };
  });
  problems.push(...contradictions(config));
  if (problems.length > 0) {
    throw new QueueError(`Cannot use the configuration: ${problems.join("; ")}`);
  }
  return { queue: "queue.sqlite", ...config, sources: checked as SourceConfig[] };
}

/** A configuration with another queue: options that belong to the other kind of queue are left out. */
export function withQueue(value: object, queue: string): Record<string, unknown> {
  const other = isNats(queue) ? "file" : "nats";
  const left = Object.entries(value).filter(([name]) => MAIN[name]?.only !== other);
  return { ...Object.fromEntries(left), queue };
}

/** Checks rules between several options. */
function contradictions(config: Record<string, unknown>): string[] {
  const { queue = "", role = "both", overflow, tls, sources } = config;
  const problems: string[] = [];
  const nats = isNats(String(queue));
  for (const name of Object.keys(config)) {
    const { only } = MAIN[name]!;
    if (only === "file" && nats) {
      problems.push(`${name} belongs to a queue in a file: leave it out with nats://`);
    } else if (only === "nats" && !nats) {
      problems.push(`${name} belongs to a queue on NATS: leave it out, or set queue to nats://…`);
    }
  }
  if (nats) {
    try {
      parseNatsUrl(String(queue));
    } catch (error) {
      problems.push(`queue: ${(error as Error).message}`);
    }
    if (overflow === "drop-oldest") {
      problems.push("overflow must be block or reject with nats://, which never drops readings");
    }
    if (config.credentialsFile !== undefined && config.credentialsEnv !== undefined) {
      problems.push("set only one of credentialsFile and credentialsEnv");
    }
  } else if (role !== "both") {
    problems.push(
      `role must be both with a queue in a file, which has only one gateway, but is ${shown(role)}`,
    );
  }
  if (tls !== undefined) {
    const { certFile, keyFile } = fields(tls, "tls.", TLS, problems);
    if ((certFile === undefined) !== (keyFile === undefined)) {
      problems.push("tls.certFile and tls.keyFile belong together: set both, or neither");
    }
  }
  const count = Array.isArray(sources) ? sources.length : 0;
  if (role === "sender" && count > 0) problems.push("sources must be empty for role sender");
  if (role === "collector" && count === 0) problems.push("role collector needs sources");
  return problems;
}

function fields(
  value: unknown,
  where: string,
  known: Record<string, Field>,
  problems: string[],
): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    problems.push(`${where || "it"} must be an object`);
    return {};
  }
  const result: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(value)) {
    // "// name" explains, "$schema" is for editors.
    if (name.startsWith("//") || name === "$schema") continue;
    const field = known[name];
    if (!field) {
      problems.push(`${where}${name} is unknown: the names are ${Object.keys(known).join(", ")}`);
    } else {
      const rule = ruleOf(field, given);
      if (rule !== undefined) {
        problems.push(`${where}${name} must be ${rule}, but is ${shown(given)}`);
      } else result[name] = given;
    }
  }
  for (const [name, field] of Object.entries(known)) {
    if (field.required && !Object.hasOwn(value, name)) problems.push(`${where}${name} is missing`);
  }
  return result;
}

/** The rule that a value breaks. */
function ruleOf({ type, choices, least }: Field, value: unknown): string | undefined {
  if (choices) {
    return choices.some((it) => it === value) ? undefined : `one of ${choices.join(", ")}`;
  }
  switch (type) {
    case "integer":
      return isSafeInteger(value) && value >= (least ?? -Infinity)
        ? undefined
        : `an integer${least === undefined ? "" : ` from ${least}`}`;
    case "array":
      return Array.isArray(value) ? undefined : "a list";
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value)
        ? undefined
        : "an object";
    default:
      return typeof value === type && value !== "" ? undefined : `a ${type}`;
  }
}

/** The JSON Schema of gateway.json. */
export function configSchema(): Record<string, unknown> {
  const properties = (known: Record<string, Field>) =>
    Object.fromEntries(
      Object.entries(known).map(([name, { meaning, type, choices, least, initial }]) => [name, {
        description: meaning,
        type,
        ...(choices && { enum: choices }),
        ...(least !== undefined && { minimum: least }),
        ...(initial !== undefined && { default: initial }),
      }]),
    );
  const required = (known: Record<string, Field>) =>
    Object.entries(known).filter(([, field]) => field.required).map(([name]) => name);
  const patternProperties = { "^//": {} };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "The configuration of archfx gateway",
    type: "object",
    additionalProperties: false,
    patternProperties,
    required: required(MAIN),
    properties: {
      $schema: { type: "string" },
      ...properties(MAIN),
      tls: {
        description: MAIN.tls!.meaning,
        type: "object",
        additionalProperties: false,
        patternProperties,
        properties: properties(TLS),
      },
      sources: {
        description: MAIN.sources!.meaning,
        type: "array",
        items: {
          oneOf: Object.entries(SOURCES).map(([type, known]) => ({
            type: "object",
            additionalProperties: false,
            patternProperties,
            required: ["type", ...required(known)],
            properties: { type: { const: type }, ...properties(known) },
          })),
        },
      },
    },
  };
}

/**
 * The text of a new gateway.json: every option with its meaning and its default.
 *
 * @param queue The address of the queue, if it is on NATS: options of a queue in a file are left out then.
 */
export function initialConfig(queue?: string): string {
  const lines: string[] = ['  "$schema": "./gateway.schema.json"'];
  for (const [name, { meaning, initial: usual, only }] of Object.entries(MAIN)) {
    if (only === "file" && queue !== undefined) continue;
    const initial = name === "queue" ? queue ?? usual : usual;
    lines.push(`  "// ${name}": ${JSON.stringify(meaning)}`);
    if (name === "sources") {
      const example = {
        type: "folder",
        path: "spool",
        match: "*.csv",
        device: "d--1",
        read: { stream: "0001-5090" },
      };
      lines.push(`  "sources": [\n    ${JSON.stringify(example)}\n  ]`);
    } else if (initial !== undefined) lines.push(`  "${name}": ${JSON.stringify(initial)}`);
  }
  return `{\n${lines.join(",\n")}\n}\n`;
}
