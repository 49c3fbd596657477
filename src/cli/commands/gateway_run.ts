/**
 * `archfx gateway run`: the gateway itself.
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

/** The process ends after this time in any case. */
const STOP_MS = 4500;

/** The command. */
export const gatewayRun: Command = {
  description:
    "Run the gateway: readings from its sources go through a durable queue to the cloud, each counted once. On a " +
    "terminal it shows what it does; in a pipe it writes log lines on standard error.\n" +
    "SIGTERM and Ctrl-C stop it: intake first; what is stored stays. SIGHUP reads the configuration again. It ends by " +
    "itself when its only sources have an end (stdin) and everything is counted.",
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
        "a sender leaves the sources out",
    });
  },
  async run(context, args) {
    const loaded = await loadConfig(args.config, { role: args.role });
    // Wrong options are found before anything is opened.
    await makeSources(context, loaded);
    await showGatewayLog(context, loaded.config.log === "json");
    const run = (api: Api) =>
      runGateway(context, loaded, api, () => loadConfig(args.config, { role: args.role }));
    // A collector does not talk to the cloud, and needs no credentials for it.
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
    // A restart brings no server back.
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
        // A port that is taken, for example: readings that wait must not stay here for that.
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

/** The new configuration, or the one before if the new one is not valid. */
async function reread(
  context: Context,
  before: LoadedConfig,
  load: () => Promise<LoadedConfig>,
): Promise<LoadedConfig> {
  try {
    const now = await load();
    await makeSources(context, now);
    if (now.queue !== before.queue) {
      context.complain("archfx gateway run: another queue takes effect after a restart only");
    }
    context.complain(`archfx gateway run: read ${before.path} again`);
    return { ...now, queue: before.queue };
  } catch (error) {
    sayUnchanged(context, error);
    return before;
  }
}

function sayUnchanged(context: Context, error: unknown): void {
  context.complain(`archfx gateway run: the configuration stays as it was: ${messageOf(error)}`);
}

async function showView(context: Context, gateway: Gateway) {
  if (!isShown(context)) return undefined;
  const { liveView } = await import("../_gateway_view.ts");
  return liveView(context, gateway);
}
