/**
 * `archfx gateway queue`: shows waiting and dead readings, and resolves problems.
 *
 * @module
 */
import { access } from "node:fs/promises";
import type { Api } from "../../api/mod.ts";
import { isNats } from "../../gateway/nats_url.ts";
import { ArgumentError } from "../../main/argument_parser.ts";
import { ArchFxStreamerSlug } from "../../slugs/mod.ts";
import type { Command, Context } from "../_command.ts";
import { CommandError, ExitCode } from "../_errors.ts";
import { withGatewayCloud } from "../_gateway_cloud.ts";
import { loadConfig, type LoadedConfig } from "../_gateway_config.ts";
import { moveQueue } from "../_gateway_move.ts";
import { counted } from "../../_plural.ts";

const ACTIONS = ["ls", "show", "retry", "drop", "take-over", "check", "export", "import"];
/** Actions that change nothing: they also work on an exported queue. */
const READING = ["ls", "show", "check"];

/** Asks the gateway that runs, or the tools on its file. */
/** The responses of a gateway of this version, or of the queue itself. */
interface Answers {
  readonly ls: Record<string, unknown>[];
  readonly dead: Record<string, unknown>[];
  readonly show: unknown;
  readonly retry: { readonly letters: number; readonly readings: number };
  readonly drop: { readonly letters: number };
  readonly check: string[];
  readonly conflict: {
    readonly hold: { readonly reason: string } | null;
    readonly confirmed: number | null;
    readonly lastId: number | null;
    readonly report: readonly [number, number] | null;
    readonly batches: {
      readonly batch: number;
      readonly readings: number;
      readonly pushed: string;
    }[];
  };
  readonly "take-over": { readonly dropped: number };
  readonly salvage: { readonly readings: number; readonly batches: number };
}

type Ask = <Op extends keyof Answers>(
  op: Op,
  args?: Record<string, unknown>,
) => Promise<Answers[Op]>;

function typed(ask: (op: string, args?: Record<string, unknown>) => Promise<unknown>): Ask {
  return async <Op extends keyof Answers>(op: Op, args?: Record<string, unknown>) =>
    await ask(op, args) as Answers[Op];
}

/** The command. */
export const gatewayQueue: Command = {
  description:
    "Inspect the queue of a gateway, and resolve problems. The command queries the gateway if it is running; " +
    "otherwise it opens the file of the queue. With a queue on NATS, it queries the servers.\n" +
    "ls: list the waiting batches, or the dead letters with --dead. show ID: print the readings of a batch or of a " +
    "dead letter. retry ID: put the readings of dead letters into the queue again, with new ids. drop ID: delete dead " +
    "letters. take-over STREAMER: continue with a held streamer, to which something else has written, above the " +
    "last_id of the cloud; --drop gives up waiting batches. check: report everything that is wrong with the file; " +
    "--salvage FILE adds the intact readings of a file that was set aside to this queue. " +
    "export FILE: write the whole queue to one file, for another machine or another kind of queue, and close this " +
    "queue. import FILE: add the content of an exported queue to this one; import --undo opens an exported queue " +
    "again. Stop the gateway before export and import; both can be repeated.\n" +
    "With --json: the result of the action.",
  examples: [
    ["archfx gateway queue ls --dead", "What was given up, and why"],
    ["archfx gateway queue retry 7 8", "Send two dead letters again"],
    [
      "archfx gateway queue take-over t--0000-0000-0000-0001--0100",
      "Show both sides of a conflict",
    ],
    ["archfx gateway queue export plant.queue", "Prepare the queue for another machine"],
    [
      "archfx gateway queue import plant.queue --queue nats://plant-1,plant-2,plant-3/READINGS",
      "From one machine to many",
    ],
  ],
  arguments(parser) {
    parser
      .addArgument("action", { metavar: "ACTION", help: ACTIONS.join(", ") })
      .addArgument("what", {
        metavar: "ID",
        many: true,
        required: false,
        help: "Ids, a streamer or a file",
      })
      .addArgument("--config", {
        metavar: "FILE",
        default: "gateway.json",
        help: "The configuration",
      })
      .addArgument("--queue", {
        metavar: "ADDRESS",
        help:
          "Use this queue instead of that of the configuration, such as nats://HOST,HOST,HOST/STREAM",
      })
      .addArgument("--dead", { type: "boolean", help: "Dead letters instead of batches" })
      .addArgument("--all", { type: "boolean", help: "All dead letters" })
      .addArgument("--limit", { type: wholeNumber, default: 100, help: "How many to list" })
      .addArgument("--drop", {
        metavar: "IDS",
        help: "take-over: batches to give up, such as 3,4,7",
      })
      .addArgument("--yes", { type: "boolean", help: "take-over: do it" })
      .addArgument("--undo", {
        type: "boolean",
        help: "import: open this queue again after an export",
      })
      .addArgument("--salvage", { metavar: "FILE", help: "check: a file that was set aside" });
  },
  async run(context, args) {
    if (!ACTIONS.includes(args.action)) {
      throw new ArgumentError(`Cannot do "${args.action}": there are ${ACTIONS.join(", ")}`);
    }
    const loaded = await loadConfig(args.config, { queue: args.queue });
    if (args.action === "export" || args.action === "import") {
      return await moveQueue(context, loaded, { ...args, action: args.action });
    }
    const asked: Asked = { ...args, action: args.action, limit: args.limit };
    if (isNats(loaded.queue)) {
      return await withPlant(context, loaded, asked, (ask) => act(context, ask, asked));
    }
    return await withQueue(loaded, asked, (ask) => act(context, ask, asked));
  },
};

interface Asked {
  readonly action: string;
  readonly what?: string[];
  readonly dead?: boolean;
  readonly all?: boolean;
  readonly limit: number;
  readonly drop?: string;
  readonly yes?: boolean;
  readonly salvage?: string;
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new RangeError("it must be a number");
  return Number(text);
}

function one(what: string[] | undefined, name: string): string {
  if (what?.length === 1) return what[0]!;
  throw new ArgumentError(`Cannot tell which ${name} is meant: name one`);
}

function ids({ what = [], all }: Asked): number[] | "all" {
  if (all) return "all";
  if (what.length === 0) {
    throw new ArgumentError("Cannot tell which are meant: name ids, or use --all");
  }
  return what.map((text) => {
    if (/^\d+$/.test(text)) return Number(text);
    throw new ArgumentError(`Cannot use "${text}" as id: it must be a number`);
  });
}

/** The servers are queried, whether or not a gateway runs. */
async function withPlant(
  context: Context,
  loaded: LoadedConfig,
  args: Asked,
  task: (ask: Ask) => Promise<number | void>,
): Promise<number | void> {
  if (args.salvage !== undefined) {
    throw new CommandError(
      "Cannot salvage into a queue on NATS: --salvage is for a file of SQLite",
    );
  }
  const { withPlantBus } = await import("../_gateway_nats.ts");
  const { JetStreamTools } = await import("../../gateway/jetstream/jetstream_tools.ts");
  const run = (api?: Api) =>
    withPlantBus(context, loaded, async (bus) => {
      // A stream that does not exist is reported before any other error.
      await bus.info();
      const tools = new JetStreamTools(bus, api);
      return await task(typed((op, given) => tools.handle(op, given ?? {})));
    });
  if (args.action !== "take-over") return await run();
  let code: number | void = undefined;
  await withGatewayCloud(context, loaded, async (api) => {
    code = await run(api);
  });
  return code;
}

async function withQueue(
  { queue }: LoadedConfig,
  args: Asked,
  task: (ask: Ask) => Promise<number | void>,
): Promise<number | void> {
  const { askGateway } = await import("../../gateway/control.ts");
  if (await askGateway(queue, "status")) {
    if (args.salvage !== undefined) {
      throw new CommandError("Cannot salvage while the gateway runs: stop it first");
    }
    return await task(typed(async (op, given) => (await askGateway(queue, op, given))!.value));
  }
  if (!(await access(queue).then(() => true, () => false))) {
    throw new CommandError(`Cannot open "${queue}": the queue does not exist yet`);
  }
  const { SqliteQueue } = await import("../../gateway/sqlite_queue.ts");
  const { QueueTools } = await import("../../gateway/queue_tools.ts");
  const opened = await SqliteQueue.open(queue, { minFreeBytes: 0, reserveBytes: 0 }, {
    thread: true,
    moved: READING.includes(args.action),
  });
  try {
    const tools = new QueueTools(opened);
    return await task(
      typed(async (op, given) =>
        op === "salvage"
          ? await opened.store.ask("salvage", String(given!.file))
          : await tools.handle(op, given ?? {})
      ),
    );
  } finally {
    await opened.close();
  }
}

async function act(context: Context, ask: Ask, args: Asked): Promise<number | void> {
  switch (args.action) {
    case "ls":
      return await list(context, ask, args);
    case "show": {
      const id = wholeNumber(one(args.what, "ID"));
      const found = await ask("show", { id, dead: args.dead === true });
      return await context.print(JSON.stringify(found, null, 2));
    }
    case "retry": {
      const done = await ask("retry", { ids: ids(args) });
      return await say(
        context,
        done,
        `${counted(done.letters, "dead letter")}, ${
          counted(done.readings, "reading")
        } in the queue again`,
      );
    }
    case "drop": {
      const done = await ask("drop", { ids: ids(args) });
      return await say(context, done, `${counted(done.letters, "dead letter")} deleted`);
    }
    case "take-over":
      return await takeOver(context, ask, args);
    default: {
      if (args.salvage !== undefined) {
        const found = await ask("salvage", { file: args.salvage });
        return await say(
          context,
          found,
          `${counted(found.readings, "reading")} in ${found.batches} ${
            found.batches === 1 ? "batch" : "batches"
          } recovered`,
        );
      }
      const problems = await ask("check");
      if (context.json) await context.print(JSON.stringify({ problems }));
      else for (const line of problems.length > 0 ? problems : ["ok"]) await context.print(line);
      return problems.length > 0 ? ExitCode.Failed : ExitCode.Done;
    }
  }
}

async function say(context: Context, value: unknown, text: string): Promise<void> {
  await context.print(context.json ? JSON.stringify(value) : text);
}

async function list(context: Context, ask: Ask, { dead, limit }: Asked): Promise<void> {
  const rows = await ask(dead ? "dead" : "ls", { limit });
  if (context.json) return await context.print(JSON.stringify(rows, null, 2));
  if (rows.length === 0) context.note(dead ? "There are no dead letters" : "Nothing waits");
  for (const row of rows) {
    await context.print(
      dead
        ? `${row.letter}\t${row.device}\t${
          row.streamer ?? ""
        }\t${row.readings}\t${row.at}\t${row.reason}\t${String(row.body ?? "").slice(0, 80)}`
        : `${row.batch}\t${row.device}\t${row.streamer ?? ""}\t${row.readings}\t${row.pushed}`,
    );
  }
}

async function takeOver(context: Context, ask: Ask, args: Asked): Promise<number | void> {
  const target = streamerOf(one(args.what, "STREAMER"));
  const sides = await ask("conflict", target);
  if (sides.lastId === null) {
    throw new CommandError("Cannot ask the cloud for last_id: start the gateway first");
  }
  if (!args.yes) {
    if (context.json) return await context.print(JSON.stringify(sides, null, 2));
    const { hold, confirmed, lastId, report, batches } = sides;
    await context.print(`held       ${hold?.reason ?? "no"}`);
    await context.print(`cloud      last_id ${lastId}`);
    await context.print(
      `this side  confirmed ${confirmed}, report in flight ${
        report ? report.join(" to ") : "none"
      }`,
    );
    for (const { batch, readings, pushed } of batches) {
      await context.print(`batch ${batch}\t${counted(readings, "reading")}\tpushed ${pushed}`);
    }
    context.note(
      `To give what waits ids above ${lastId} and go on: the same command with --yes. Batches that the cloud ` +
        "has already, or that are not wanted: --drop 3,4,7",
    );
    return;
  }
  const drop = args.drop === undefined ? [] : args.drop.split(",").map(wholeNumber);
  const done = await ask("take-over", { ...target, lastId: sides.lastId, drop });
  await say(
    context,
    done,
    `Taken over at last_id ${sides.lastId}; ${counted(done.dropped, "reading")} given up`,
  );
}

/** The parts of a streamer slug, `t--DEVICE--INDEX`. */
function streamerOf(text: string): { device: string; streamer: number } {
  const parts = /^t--([\da-f-]+)--([\da-f]{1,4})$/i.exec(text);
  if (!parts) {
    throw new ArgumentError(
      `Cannot use "${text}" as streamer: it must be a slug such as ${new ArchFxStreamerSlug(
        1,
        256,
      )}`,
    );
  }
  const slug = new ArchFxStreamerSlug(`d--${parts[1]}`, parseInt(parts[2]!, 16));
  return { device: String(slug.device), streamer: slug.index };
}
