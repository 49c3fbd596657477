/**
 * Reads and checks gateway.json for the commands, fetches its secrets and makes its sources.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import process from "node:process";
import { withoutMark } from "../_byte_order_mark.ts";
import { errorCode, errorMessage } from "../_error_fields.ts";
import { isMap, isRecord } from "../_is_record.ts";
import {
  checkConfig,
  type GatewayConfig,
  type SourceConfig,
  withQueue,
} from "../gateway/config.ts";
import { isNats } from "../gateway/nats_url.ts";
import {
  folderSource,
  httpSource,
  mqttSource,
  type QueueOptions,
  type ReadingSource,
  streamSource,
} from "../gateway/mod.ts";
import type { Context } from "./_command.ts";
import { CommandError, fileError } from "./_errors.ts";

/** A configuration, with its paths made absolute. */
export interface LoadedConfig {
  readonly path: string;
  readonly config: GatewayConfig;
  /** The queue's file, or its address. */
  readonly queue: string;
}

const QUEUE = [
  "overflow",
  "maxBytes",
  "maxAgeMs",
  "minFreeBytes",
  "reserveBytes",
  "syncMs",
] as const;
const GATEWAY = [
  "listen",
  "role",
  "streamers",
  "maxReadings",
  "maxReportBytes",
  "maxDelayMs",
  "maxReadingId",
  "confirmMs",
  "retryHeldMs",
] as const;

/** Values from the command line that override the configuration. */
interface ConfigOverrides {
  readonly role?: string | undefined;
  readonly queue?: string | undefined;
}

/**
 * Reads a configuration.
 *
 * @param overrides Values from the command line that override it. With a queue, the file need not exist.
 * @throws {CommandError} If it cannot be read, is not JSON, or a field is wrong.
 */
export async function loadConfig(
  path: string,
  overrides: ConfigOverrides = {},
): Promise<LoadedConfig> {
  let text: string;
  try {
    text = withoutMark(await readFile(path, "utf8"));
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      if (overrides.queue !== undefined) text = '{"sources":[]}';
      else {throw new CommandError(
          `Cannot read "${path}": the file does not exist; write one with "archfx gateway init", or name another with --config`,
          1,
          { cause: error },
        );}
    } else throw fileError("read", path, error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CommandError(`Cannot read "${path}": it is not JSON: ${errorMessage(error)}`);
  }
  try {
    const config = checkConfig(overridden(value, overrides));
    const queue = isNats(config.queue) ? config.queue : resolve(dirname(path), config.queue);
    return { path, config, queue };
  } catch (error) {
    throw new CommandError(`"${path}": ${errorMessage(error)}`, 1, { cause: error });
  }
}

function overridden(value: unknown, { role, queue }: ConfigOverrides): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const given = queue === undefined ? value : withQueue(value, queue);
  if (role === undefined) return given;
  // All gateways of a plant may share one configuration: a sender ignores the sources.
  return { ...given, role, ...(role === "sender" && { sources: [] }) };
}

/** The options of the queue, including its secrets. */
export async function queueOptionsOf(
  context: Context,
  { config, path }: LoadedConfig,
): Promise<QueueOptions> {
  if (!isNats(config.queue)) return pick(config, QUEUE);
  const { credentialsFile, credentialsEnv, tls, overflow } = config;
  const credentials = await secret(context, path, credentialsFile, credentialsEnv);
  const files = isRecord(tls) ? tls : undefined;
  const [ca, cert, key] = [
    await secret(context, path, files?.caFile, undefined),
    await secret(context, path, files?.certFile, undefined),
    await secret(context, path, files?.keyFile, undefined),
  ];
  return {
    ...(overflow !== undefined && { overflow }),
    ...(credentials !== undefined && { credentials: natsCredentials(credentials) }),
    ...(files && { tls: pick({ ca, cert, key }, ["ca", "cert", "key"]) }),
  } as QueueOptions;
}

/** A .creds file or a seed unchanged; USER:PASSWORD split into its parts. */
function natsCredentials(text: string): unknown {
  if (text.includes("-----BEGIN") || /^S[A-Z2-7]{50,}$/.test(text)) return text;
  const [, user, password] = /^([^:\s]+):(\S+)$/.exec(text) ?? [];
  if (user !== undefined) return { user, password };
  throw new CommandError(
    "Cannot use the credentials for NATS: they must be a .creds file, an nkey seed, or USER:PASSWORD in one line",
  );
}

/** The options of the gateway, apart from its api, queue and sources. */
export function gatewayOptionsOf({ config }: LoadedConfig): Record<string, unknown> {
  return pick(config, GATEWAY);
}

function pick(config: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.filter((name) => config[name] !== undefined).map((name) => [name, config[name]]),
  );
}

/** Reads a secret from a file or the environment. It is never in the configuration itself. */
export async function secret(
  context: Context,
  base: string,
  file: unknown,
  variable: unknown,
): Promise<string | undefined> {
  if (typeof file === "string") {
    const path = resolve(dirname(base), file);
    try {
      return withoutMark(await readFile(path, "utf8")).trim();
    } catch (error) {
      throw fileError("read", path, error);
    }
  }
  if (typeof variable !== "string") return undefined;
  const value = context.io.env[variable];
  if (!value) throw new CommandError(`Cannot find a secret: the variable ${variable} is not set`);
  return value;
}

/** The sources of a configuration. */
export async function makeSources(
  context: Context,
  loaded: LoadedConfig,
): Promise<ReadingSource[]> {
  const made: ReadingSource[] = [];
  for (const [i, source] of loaded.config.sources.entries()) {
    try {
      made.push(await makeSource(context, loaded, source));
    } catch (error) {
      throw new CommandError(`"${loaded.path}": sources[${i}]: ${errorMessage(error)}`, 1, {
        cause: error,
      });
    }
  }
  return made;
}

async function makeSource(
  context: Context,
  { path: base }: LoadedConfig,
  source: SourceConfig,
): Promise<ReadingSource> {
  const { type, profile, tokenFile, tokenEnv, passwordFile, passwordEnv, caFile, ...own } = source;
  const given = typeof profile === "string" ? await readProfile(base, profile) : {};
  const text = {
    ...given,
    ...own,
    ...(own.read || given.read
      ? { read: { ...isRecord(given.read) && given.read, ...isRecord(own.read) && own.read } }
      : {}),
  };
  switch (type) {
    case "folder": {
      const path = resolve(dirname(base), String(own.path));
      return made(folderSource, { name: String(own.path), ...text, path });
    }
    case "stdin":
      return made(streamSource, { ...text, input: process.stdin });
    case "http": {
      const token = await secret(context, base, tokenFile, tokenEnv);
      if (token === undefined) throw new Error("tokenFile or tokenEnv is required");
      return made(httpSource, { ...text, token });
    }
    default: {
      const password = await secret(context, base, passwordFile, passwordEnv);
      const ca = await secret(context, base, caFile, undefined);
      return made(mqttSource, {
        ...own,
        ...(password !== undefined && { password }),
        ...(ca !== undefined && { ca }),
      });
    }
  }
}

/** Makes a source, which checks the names and values of its options. */
function made(
  source: (options: never) => ReadingSource,
  options: Record<string, unknown>,
): ReadingSource {
  return source(options as never);
}

/** The device and streamer of a profile are options of the source, the rest are options of the reader. */
async function readProfile(base: string, file: string): Promise<Record<string, unknown>> {
  const path = resolve(dirname(base), file);
  let value: unknown;
  try {
    value = JSON.parse(withoutMark(await readFile(path, "utf8")));
  } catch (error) {
    throw new Error(`Cannot read the profile "${path}": ${errorMessage(error)}`);
  }
  if (!isMap(value)) throw new Error(`Cannot read the profile "${path}": it must be an object`);
  const { device, streamer, format, $schema: _, ...read } = value;
  const named = Object.entries({ device, streamer, format }).filter(([, it]) => it !== undefined);
  return { ...Object.fromEntries(named), read };
}
