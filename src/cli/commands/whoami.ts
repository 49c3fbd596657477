/**
 * `archfx whoami`: the cloud and the user of the login.
 *
 * @module
 */
import { printable, printableJson } from "../../_printable.ts";
import type { Command } from "../_command.ts";
import { addCloudArguments, credentialsStore, emailOf, withSession } from "../_session.ts";

/** The command. */
export const whoami: Command = {
  description:
    "Show the cloud and the user, as reported by the cloud. Exit code 3 if not logged in, or if " +
    "the token no longer works. With --json: { domain, email, name, slug, isStaff }; with " +
    "--all: an array of { domain, email, current } without asking the clouds.",
  examples: [
    ["archfx whoami", "The cloud of the last login"],
    ["archfx whoami --all", "Every cloud that has tokens here"],
  ],
  arguments(parser) {
    addCloudArguments(parser);
    parser.addArgument("--all", { type: "boolean", help: "List every cloud that has tokens here" });
  },
  async run(context, args) {
    if (args.all) {
      const file = await credentialsStore(context).read();
      const rows = Object.entries(file.clouds).map(([domain, { email }]) => ({
        domain,
        email,
        current: domain === file.current,
      }));
      if (context.json) return await context.print(printableJson(rows, 2));
      for (const row of rows) {
        await context.print(
          `${row.current ? "*" : " "} ${printable(row.email)}  ${printable(row.domain)}`,
        );
      }
      return;
    }
    await withSession(context, args, async (api, domain) => {
      const user = await api.auth("user-info").get();
      const email = emailOf(domain, user);
      if (context.json) {
        const { name, slug, is_staff: isStaff } = user;
        await context.print(printableJson({ domain, email, name, slug, isStaff }, 2));
      } else await context.print(`${printable(email)} on ${domain}`);
    });
  },
};
