/**
 * `archfx gateway init`: writes a first configuration.
 *
 * @module
 */
import { access, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorMessage } from "../../_error_fields.ts";
import { ArgumentError } from "../../main/argument_parser.ts";
import type { Command } from "../_command.ts";
import { CommandError, fileError } from "../_errors.ts";

/** The command. */
export const gatewayInit: Command = {
  description:
    "Write a gateway.json with every option, its meaning and its default, and gateway.schema.json beside it, which " +
    "editors use to complete and check it. Existing files are not replaced.\n" +
    "With --json: { config, schema }, the paths.",
  examples: [
    ["archfx gateway init", "gateway.json in this folder"],
    [
      "archfx gateway init --queue nats://plant-1,plant-2,plant-3/READINGS",
      "For one of many gateways",
    ],
  ],
  arguments(parser) {
    parser.addArgument("--config", {
      metavar: "FILE",
      default: "gateway.json",
      help: "The file to write",
    });
    parser.addArgument("--queue", {
      metavar: "ADDRESS",
      help: "A queue that several gateways share: nats://HOST,HOST,HOST/STREAM",
    });
  },
  async run(context, args) {
    const { configSchema, initialConfig } = await import("../../gateway/config.ts");
    const config: string = args.config;
    const queue: string | undefined = args.queue;
    if (queue !== undefined) await checkAddress(queue);
    const schema = join(dirname(config), "gateway.schema.json");
    if (await access(config).then(() => true, () => false)) {
      throw new CommandError(`Cannot write "${config}": it already exists`);
    }
    try {
      await writeFile(config, initialConfig(queue), { flag: "wx" });
      await writeFile(schema, `${JSON.stringify(configSchema(), null, 2)}\n`);
    } catch (error) {
      throw fileError("write", config, error);
    }
    if (context.json) await context.print(JSON.stringify({ config, schema }));
    else {
      await context.print(`Wrote ${config} and ${schema}`);
      context.note('Edit its sources and "domain", then run "archfx gateway run"');
    }
  },
};

/** The kinds of queue for which init writes options; a queue in a file needs none. */
async function checkAddress(queue: string): Promise<void> {
  const { parseNatsUrl } = await import("../../gateway/nats_url.ts");
  try {
    parseNatsUrl(queue);
  } catch (error) {
    throw new ArgumentError(errorMessage(error));
  }
}
