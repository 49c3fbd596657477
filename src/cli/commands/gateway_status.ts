/**
 * `archfx gateway status`: shows the status of a gateway.
 *
 * @module
 */
import { access } from "node:fs/promises";
import type { GatewayStatus } from "../../gateway/mod.ts";
import { isNats } from "../../gateway/nats_url.ts";
import type { Command, Context } from "../_command.ts";
import { CommandError } from "../_errors.ts";
import { loadConfig, type LoadedConfig } from "../_gateway_config.ts";
import { statusLines } from "../_gateway_text.ts";

/** The command. */
export const gatewayStatus: Command = {
  description:
    "Show what is waiting, what was sent, the sources, and the streamers that are held. The command queries the " +
    "gateway if it is running; otherwise it opens the queue.\n" +
    "With --json: { running, depth: { readings, bytes, oldest, dead, held }, sources, lanes, counts, events }.\n" +
    "With a queue on NATS, it queries the servers and shows all gateways that share the queue: " +
    "{ queue, stream, depth, gateways, freeShards, lanes } with --json.",
  examples: [
    ["archfx gateway status", "The gateway of gateway.json in this folder"],
    ["archfx gateway status --queue nats://plant-1/READINGS", "All gateways of a plant"],
  ],
  arguments(parser) {
    parser.addArgument("--config", {
      metavar: "FILE",
      default: "gateway.json",
      help: "The configuration",
    });
    parser.addArgument("--queue", {
      metavar: "ADDRESS",
      help: "Use this queue instead of that of the configuration",
    });
  },
  async run(context, args) {
    const loaded = await loadConfig(args.config, { queue: args.queue });
    const { queue } = loaded;
    if (isNats(queue)) return await showPlant(context, loaded);
    const { askGateway } = await import("../../gateway/control.ts");
    const asked = await askGateway(queue, "status");
    const status = (asked ? asked.value : await offline(queue)) as GatewayStatus;
    if (context.json) return await context.print(JSON.stringify(status, null, 2));
    await context.print(status.running ? "running" : "not running");
    for (const line of statusLines(status)) await context.print(line);
  },
};

/** All gateways that share a queue. */
async function showPlant(context: Context, loaded: LoadedConfig): Promise<void> {
  const { plantStatus } = await import("../../gateway/jetstream/plant_status.ts");
  const { withPlantBus } = await import("../_gateway_nats.ts");
  const { plantLines } = await import("../_plant_view.ts");
  const status = await withPlantBus(context, loaded, plantStatus);
  if (context.json) return await context.print(JSON.stringify(status, null, 2));
  for (const line of plantLines(status)) await context.print(line);
}

/** The status in the file of a queue. */
async function offline(path: string): Promise<GatewayStatus> {
  if (!(await access(path).then(() => true, () => false))) {
    throw new CommandError(
      `Cannot open "${path}": the queue does not exist yet; run "archfx gateway run"`,
    );
  }
  const { SqliteQueue } = await import("../../gateway/sqlite_queue.ts");
  const { Api } = await import("../../api/mod.ts");
  const { Gateway } = await import("../../gateway/mod.ts");
  const queue = await SqliteQueue.open(path, { minFreeBytes: 0, reserveBytes: 0 }, {
    thread: true,
    moved: true,
  });
  try {
    return await new Gateway({ api: new Api(), queue }).status();
  } finally {
    await queue.close();
  }
}
