/**
 * `archfx gateway queue export` and `import`: a queue as one file.
 *
 * @module
 */
import { access } from "node:fs/promises";
import { counted } from "../_plural.ts";
import type { Api } from "../api/mod.ts";
import { ArgumentError } from "../main/argument_parser.ts";
import type { Imported } from "../gateway/move.ts";
import { isNats } from "../gateway/nats_url.ts";
import type { SqliteQueue } from "../gateway/sqlite_queue.ts";
import type { Context } from "./_command.ts";
import { CommandError } from "./_errors.ts";
import { withGatewayCloud } from "./_gateway_cloud.ts";
import { gatewayOptionsOf, type LoadedConfig, queueOptionsOf } from "./_gateway_config.ts";

/** The arguments of the action. */
interface Asked {
  readonly action: "export" | "import";
  readonly what?: string[];
  readonly undo?: boolean;
}

/** Moves a queue while no gateway uses it. */
export async function moveQueue(
  context: Context,
  loaded: LoadedConfig,
  { action, what = [], undo }: Asked,
): Promise<void> {
  if (undo && (action !== "import" || what.length > 0)) {
    throw new ArgumentError('Cannot use --undo: use it with "import" and without a file');
  }
  if (!undo && what.length !== 1) {
    throw new ArgumentError(`Cannot ${action} the queue: exactly one file is required`);
  }
  if (isNats(loaded.queue)) return await enterPlant(context, loaded, action, what[0]);
  const { askGateway } = await import("../gateway/control.ts");
  if (await askGateway(loaded.queue, "status")) {
    throw new CommandError(`Cannot ${action} the queue while its gateway runs: stop it first`);
  }
  const exists = await access(loaded.queue).then(() => true, () => false);
  if (!exists && (undo || action === "export")) {
    throw new CommandError(`Cannot open "${loaded.queue}": the queue does not exist yet`);
  }
  const { SqliteQueue } = await import("../gateway/sqlite_queue.ts");
  const queue = await SqliteQueue.open(
    loaded.queue,
    { minFreeBytes: 0, reserveBytes: 0, maxBytes: Number.MAX_SAFE_INTEGER },
    { thread: true, moved: undo === true || action === "export" },
  );
  for (const { message } of queue.events) context.note(message);
  try {
    if (undo) await reopen(context, queue);
    else if (action === "export") await leave(context, loaded, queue, what[0]!);
    else await enter(context, queue, what[0]!);
  } finally {
    await queue.close();
  }
}

async function leave(
  context: Context,
  loaded: LoadedConfig,
  queue: SqliteQueue,
  file: string,
): Promise<void> {
  const { exportQueue } = await import("../gateway/move.ts");
  const confirmMs = Number(gatewayOptionsOf(loaded).confirmMs ?? 60_000);
  const write = async (api?: Api) => {
    const options = {
      confirmMs,
      signal: context.signal,
      tell: (message: string) => context.note(message),
      api: () => Promise.resolve(api!),
    };
    const { batches, readings, letters } = await exportQueue(queue, file, options);
    await context.print(
      context.json
        ? JSON.stringify({ file, batches, readings, letters })
        : `${counted(readings, "reading")} in ${batches} ${
          batches === 1 ? "batch" : "batches"
        } and ${counted(letters, "dead letter")} exported to ${file}`,
    );
    context.note(
      'This queue is closed now. On the other machine: "archfx gateway queue import FILE"; ' +
        'here, "archfx gateway queue import --undo" opens it again, as long as the file was not imported',
    );
  };
  const reports = await queue.store.records("report");
  // The cloud is only needed if a report is in flight.
  if (reports.length === 0) await write();
  else await withGatewayCloud(context, loaded, write);
}

async function enter(context: Context, queue: SqliteQueue, file: string): Promise<void> {
  const { importQueue } = await import("../gateway/move.ts");
  await say(context, file, await importQueue(queue, file, context));
}

/** Moves a queue from one machine to many. The gateways of the target queue may keep running. */
async function enterPlant(
  context: Context,
  loaded: LoadedConfig,
  action: string,
  file: string | undefined,
): Promise<void> {
  if (action === "export" || file === undefined) {
    throw new CommandError(
      "Cannot export a queue on NATS: it is already shared by several machines; only a queue in a file can be exported",
    );
  }
  const { openQueue } = await import("../gateway/open_queue.ts");
  const { importToJetStream } = await import("../gateway/jetstream/import.ts");
  const { withPlantBus } = await import("./_gateway_nats.ts");
  // This creates the stream if it does not exist.
  await (await openQueue(loaded.queue, await queueOptionsOf(context, loaded))).close();
  const imported = await withPlantBus(
    context,
    loaded,
    (bus) => importToJetStream(bus, file, context),
  );
  await say(context, file, imported);
}

async function say(
  context: Context,
  file: string,
  { batches, readings, letters, skipped }: Imported,
): Promise<void> {
  await context.print(
    context.json
      ? JSON.stringify({ file, batches, readings, letters, skipped })
      : `${counted(readings, "reading")} in ${batches} ${batches === 1 ? "batch" : "batches"} and ${
        counted(letters, "dead letter")
      } imported from ${file}` +
        (skipped > 0 ? `; ${skipped} batches had already been imported` : ""),
  );
}

async function reopen(context: Context, queue: SqliteQueue): Promise<void> {
  const { undoMove } = await import("../gateway/move.ts");
  const moved = await undoMove(queue);
  if (context.json) return await context.print(JSON.stringify({ undone: moved ?? null }));
  await context.print(
    moved
      ? `This queue is open again. It was exported to ${moved.file} at ${moved.at}: do not import that file`
      : "This queue was not exported: nothing to undo",
  );
}
