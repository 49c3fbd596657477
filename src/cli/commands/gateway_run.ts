/**
 * `archfx gateway run`: the gateway itself.
 *
 * @module
 */
import process from "node:process";
import type { Api } from "../../api/mod.ts";
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
import { showGatewayLog } from "../_gateway_log.ts";
import { notifySystemd } from "../_systemd.ts";

/** Whatever happens, the process ends then. */
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
  },
  async run(context, args) {
    const loaded = await loadConfig(args.config);
    // Wrong options are found before anything is opened.
    await makeSources(context, loaded);
    await showGatewayLog(context, loaded.config.log === "json");
    await withGatewayCloud(context, loaded, (api) => runGateway(context, loaded, api));
  },
};

async function runGateway(context: Context, first: LoadedConfig, api: Api): Promise<void> {
  const { SqliteQueue } = await import("../../gateway/sqlite_queue.ts");
  const { Gateway } = await import("../../gateway/mod.ts");
  const { serveControl } = await import("../../gateway/control.ts");
  const { QueueTools } = await import("../../gateway/queue_tools.ts");
  const queue = await SqliteQueue.open(first.queue, queueOptionsOf(first));
  const tools = new QueueTools(queue, api);
  let gateway: InstanceType<typeof Gateway> | undefined;
  const control = await serveControl(
    first.queue,
    async (op, args) => op === "status" ? await gateway?.status() : await tools.handle(op, args),
  );
  const forced = () => setTimeout(() => process.exit(0), STOP_MS).unref();
  context.signal.addEventListener("abort", forced, { once: true });
  const systemd = notifySystemd(context.io.env);
  let loaded = first;
  let reload: AbortController | undefined;
  context.io.onHangUp?.(() => reload?.abort("reload"));
  try {
    while (!context.signal.aborted) {
      const stop = reload = new AbortController();
      const onAbort = () => stop.abort();
      context.signal.addEventListener("abort", onAbort);
      gateway = new Gateway({
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
      } finally {
        view?.stop();
        context.signal.removeEventListener("abort", onAbort);
      }
      if (stop.signal.reason !== "reload") break;
      loaded = await reread(context, loaded);
    }
  } finally {
    systemd.stop();
    await control.close();
    await queue.close();
  }
}

/** The configuration as it is now; the one before where the new one is wrong. */
async function reread(context: Context, before: LoadedConfig): Promise<LoadedConfig> {
  try {
    const now = await loadConfig(before.path);
    await makeSources(context, now);
    if (now.queue !== before.queue) {
      context.complain("archfx gateway run: another queue takes effect after a restart only");
    }
    context.complain(`archfx gateway run: read ${before.path} again`);
    return { ...now, queue: before.queue };
  } catch (error) {
    context.complain(`archfx gateway run: the configuration stays as it was: ${messageOf(error)}`);
    return before;
  }
}

async function showView(context: Context, gateway: { status(): Promise<unknown> }) {
  if (!context.io.outputIsTerminal || context.quiet) return undefined;
  const { liveView } = await import("../_gateway_view.ts");
  return liveView(context, gateway as never);
}
