/**
 * All commands. The module of a command is imported when the command runs, so that `archfx --help` loads nothing
 * else.
 *
 * @module
 */
import type { Entry } from "./_command.ts";

/** Every command, in the order of the help. */
export const table: readonly Entry[] = [
  {
    name: "report encode",
    summary: "Turn readings in CSV or NDJSON into reports",
    group: "Readings and reports",
    load: async () => (await import("./commands/report_encode.ts")).reportEncode,
  },
  {
    name: "profile",
    summary: "Propose how to read a file of readings",
    group: "Readings and reports",
    load: async () => (await import("./commands/profile.ts")).profile,
  },
  {
    name: "report inspect",
    summary: "Show a report: header, streams, times, values",
    group: "Readings and reports",
    load: async () => (await import("./commands/report_inspect.ts")).reportInspect,
  },
  {
    name: "report verify",
    summary: "Check a report: ids, order, times, limits",
    group: "Readings and reports",
    load: async () => (await import("./commands/report_verify.ts")).reportVerify,
  },
  {
    name: "report decode",
    summary: "Turn a report into CSV or NDJSON",
    group: "Readings and reports",
    load: async () => (await import("./commands/report_decode.ts")).reportDecode,
  },
  {
    name: "report upload",
    summary: "Send reports to the cloud, in order",
    group: "Readings and reports",
    load: async () => (await import("./commands/report_upload.ts")).reportUpload,
  },
  {
    name: "slug",
    summary: "Parse, convert and explain slugs",
    group: "Readings and reports",
    load: async () => (await import("./commands/slug.ts")).slug,
  },
  {
    name: "login",
    summary: "Log in to a cloud and save its tokens",
    group: "The cloud",
    load: async () => (await import("./commands/login.ts")).login,
  },
  {
    name: "logout",
    summary: "Log out and delete the tokens",
    group: "The cloud",
    load: async () => (await import("./commands/logout.ts")).logout,
  },
  {
    name: "whoami",
    summary: "Show the cloud and the user of the login",
    group: "The cloud",
    load: async () => (await import("./commands/whoami.ts")).whoami,
  },
  {
    name: "get",
    summary: "Get a resource or a list",
    group: "The cloud",
    load: async () => (await import("./commands/requests.ts")).get,
  },
  {
    name: "post",
    summary: "Create a resource",
    group: "The cloud",
    load: async () => (await import("./commands/requests.ts")).post,
  },
  {
    name: "put",
    summary: "Replace a resource",
    group: "The cloud",
    load: async () => (await import("./commands/requests.ts")).put,
  },
  {
    name: "patch",
    summary: "Change fields of a resource",
    group: "The cloud",
    load: async () => (await import("./commands/requests.ts")).patch,
  },
  {
    name: "delete",
    summary: "Delete a resource",
    group: "The cloud",
    load: async () => (await import("./commands/requests.ts")).remove,
  },
  {
    name: "map",
    summary: "Show the factory as a tree, from sites to devices",
    group: "The cloud",
    load: async () => (await import("./commands/map.ts")).map,
  },
  {
    name: "data",
    summary: "Show the readings of streams, as data or as a chart",
    group: "The cloud",
    load: async () => (await import("./commands/data.ts")).data,
  },
  {
    name: "export",
    summary: "Export all readings below a place as Parquet files",
    group: "The cloud",
    load: async () => (await import("./commands/export.ts")).exportReadings,
  },
  {
    name: "gateway init",
    summary: "Write a configuration for a gateway",
    group: "This machine",
    load: async () => (await import("./commands/gateway_init.ts")).gatewayInit,
  },
  {
    name: "gateway run",
    summary: "Send readings from files, HTTP and MQTT without losing any",
    group: "This machine",
    load: async () => (await import("./commands/gateway_run.ts")).gatewayRun,
  },
  {
    name: "gateway status",
    summary: "Show the status of a gateway",
    group: "This machine",
    load: async () => (await import("./commands/gateway_status.ts")).gatewayStatus,
  },
  {
    name: "gateway queue",
    summary: "Inspect the queue of a gateway, and resolve problems",
    group: "This machine",
    load: async () => (await import("./commands/gateway_queue.ts")).gatewayQueue,
  },
  {
    name: "emulator",
    summary: "Run ArchFX Cloud on this machine",
    group: "This machine",
    load: async () => (await import("./commands/emulator.ts")).emulator,
  },
  {
    name: "emulator exec",
    summary: "Run a command together with an emulator",
    group: "This machine",
    load: async () => (await import("./commands/emulator_exec.ts")).emulatorExec,
  },
  {
    name: "completions",
    summary: "Print a completion script for bash, zsh or fish",
    group: "This machine",
    load: async () => (await import("./commands/completions.ts")).completions,
  },
];

/** The command that the first words name, and the words after it. The longest name wins. */
export function find(words: readonly string[]): { entry: Entry; rest: string[] } | undefined {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(" ");
    const entry = words.length >= length ? table.find((it) => it.name === name) : undefined;
    if (entry) return { entry, rest: words.slice(length) };
  }
  return undefined;
}
