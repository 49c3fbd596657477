/**
 * `archfx gateway run`: runs a gateway.
 *
 * @module
 */
import process from "node:process";
import type { Api } from "../../api/mod.ts";
import { isNats } from "../../gateway/nats_url.ts";
import type { Gateway, ReadingQueue } from "../../gateway/mod.ts";
import type { Command, Context } from "../_command.ts";
import { messageOf } from "../_errors.ts";
import { withGatewayCloud } from "../_gateway_cloud.ts";
import {
  gatewayOptionsOf,
  loadConfig,
  type LoadedConfig,
  makeSources,
  queueOptionsOf,
} from "../_gateway_config.ts";
import { isShown, showGatewayLog } from "../_gateway_log.ts";
import { notifySystemd } from "../_systemd.ts";

/** The process exits after this time even if the gateway has not stopped. */
const STOP_MS = 4500;

/** The command. */
export const gatewayRun: Command = {
  description:
    "Run the gateway: readings from its sources go through a durable queue to the cloud, and each is counted once. On " +
    "a terminal, it shows a live view; in a pipe, it writes log lines to standard error.\n" +
    "SIGTERM and Ctrl-C stop it: first the sources; stored readings stay in the queue. SIGHUP reads the configuration " +
    "again. If all its sources have an end (stdin), it stops when everything is counted.",
  examples: [
    ["archfx gateway run", "With gateway.json in this folder"],
    ["archfx gateway run --config /etc/archfx/gateway.json", "With another configuration"],
  ],
  withoutJson: true,
  arguments(parser) {
    parser.addArgument("--config", {
      metavar: "FILE",
      default: "gateway.json",
      help: "The configuration",
    });
    parser.addArgument("--role", {
      choices: ["both", "collector", "sender"],
      help:
        "What this gateway does with a queue on NATS, instead of the role of the configuration; " +
        "a sender ignores the sources",
    });
  },
  async run(context, args) {
    const loaded = await loadConfig(args.config, { role: args.role });
    // Invalid options are found before anything is opened.
    await makeSources(context, loaded);
    await showGatewayLog(context, loaded.config.log === "json");
    const run = (api: Api) =>
      runGateway(context, loaded, api, () => loadConfig(args.config, { role: args.role }));
    // A collector does not contact the cloud, and needs no credentials.
    if (loaded.config.role === "collector") await run(new (await import("../../api/mod.ts")).Api());
    else await withGatewayCloud(context, loaded, run);
  },
};

/** A queue in use. */
interface RunningQueue {
  readonly queue: ReadingQueue;
  /** Resolves when its store has answered, if it is on this machine. */
  readonly answer: () => Promise<unknown>;
  close(): Promise<void>;
}

/** Opens the queue, and answers `archfx gateway status` and `queue` while it is open. */
async function openRunning(
  context: Context,
  loaded: LoadedConfig,
  api: Api,
  status: () => Promise<unknown>,
): Promise<RunningQueue> {
  const options = await queueOptionsOf(context, loaded);
  if (isNats(loaded.queue)) {
    // The commands ask the servers themselves.
    const { openQueue } = await import("../../gateway/mod.ts");
    const queue = await openQueue(loaded.queue, options);
    // A restart of this process does not bring a server back.
    return { queue, answer: () => Promise.resolve(), close: () => queue.close() };
  }
  const { SqliteQueue } = await import("../../gateway/sqlite_queue.ts");
  const { serveControl } = await import("../../gateway/control.ts");
  const { QueueTools } = await import("../../gateway/queue_tools.ts");
  const queue = await SqliteQueue.open(loaded.queue, options);
  const tools = new QueueTools(queue, api);
  const control = await serveControl(
    loaded.queue,
    async (op, args) => op === "status" ? await status() : await tools.handle(op, args),
  );
  return {
    queue,
    answer: () => queue.stats(),
    async close() {
      await control.close();
      await queue.close();
    },
  };
}

async function runGateway(
  context: Context,
  first: LoadedConfig,
  api: Api,
  load: () => Promise<LoadedConfig>,
): Promise<void> {
  const gateways = await import("../../gateway/mod.ts");
  let gateway: InstanceType<typeof Gateway> | undefined;
  const opened = await openRunning(context, first, api, async () => await gateway?.status());
  const { queue } = opened;
  const forced = () => setTimeout(() => process.exit(0), STOP_MS).unref();
  context.signal.addEventListener("abort", forced, { once: true });
  const systemd = notifySystemd(context.io.env, opened.answer);
  let loaded = first;
  /** The last configuration that the gateway ran with. */
  let working: LoadedConfig | undefined;
  let reload: AbortController | undefined;
  context.io.onHangUp?.(() => reload?.abort("reload"));
  try {
    while (!context.signal.aborted) {
      const stop = reload = new AbortController();
      const onAbort = () => stop.abort();
      context.signal.addEventListener("abort", onAbort);
      gateway = new gateways.Gateway({
        api,
        queue,
        ...gatewayOptionsOf(loaded),
        sources: await makeSources(context, loaded),
      });
      const view = await showView(context, gateway);
      systemd.ready();
      context.trace(`gateway: running, its queue is ${loaded.queue}`);
      try {
        await gateway.run({ signal: stop.signal });
        working = loaded;
      } catch (error) {
        // For example, a port is in use. Waiting readings must still be sent.
        if (!working || working === loaded) throw error;
        sayUnchanged(context, error);
        loaded = working;
        continue;
      } finally {
        await view?.stop();
        context.signal.removeEventListener("abort", onAbort);
      }
      if (stop.signal.reason !== "reload") break;
      loaded = await reread(context, loaded, load);
    }
  } finally {
    systemd.stop();
    await opened.close();
  }
}

/** The new configuration, or the old one if the new one is not valid. */
async function reread(
  context: Context,
  before: LoadedConfig,
  load: () => Promise<LoadedConfig>,
): Promise<LoadedConfig> {
  try {
    const now = await load();
    await makeSources(context, now);
    if (now.queue !== before.queue) {
      context.complain(
        "archfx gateway run: a change of the queue takes effect only after a restart",
      );
    }
    context.complain(`archfx gateway run: read ${before.path} again`);
    return { ...now, queue: before.queue };
  } catch (error) {
    sayUnchanged(context, error);
    return before;
  }
}

function sayUnchanged(context: Context, error: unknown): void {
  context.complain(`archfx gateway run: the configuration was not changed: ${messageOf(error)}`);
}

async function showView(context: Context, gateway: Gateway) {
  if (!isShown(context)) return undefined;
  const { liveView } = await import("../_gateway_view.ts");
  return liveView(context, gateway);
}
