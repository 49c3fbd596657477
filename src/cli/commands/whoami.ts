/**
 * `archfx whoami`: which cloud, and as whom.
 *
 * @module
 */
import type { Command } from "../_command.ts";
import { addCloudArguments, credentialsStore, withSession } from "../_session.ts";

/** The command. */
export const whoami: Command = {
  description:
    "Say who is logged in to which cloud, as the cloud sees it. Exit code 3 where nobody is, or " +
    "where the token no longer works. With --json: { domain, email, name, slug, isStaff }; with " +
    "--all: an array of { domain, email, current } without asking the clouds.",
  examples: [
    ["archfx whoami", "The cloud of the last login"],
    ["archfx whoami --all", "Every cloud there are tokens of"],
  ],
  arguments(parser) {
    addCloudArguments(parser);
    parser.addArgument("--all", { type: "boolean", help: "List every cloud there are tokens of" });
  },
  async run(context, args) {
    if (args.all) {
      const file = await credentialsStore(context).read();
      const rows = Object.entries(file.clouds).map(([domain, { email }]) => ({
        domain,
        email,
        current: domain === file.current,
      }));
      if (context.json) return await context.print(JSON.stringify(rows, null, 2));
      for (const row of rows) {
        await context.print(`${row.current ? "*" : " "} ${row.email}  ${row.domain}`);
      }
      return;
    }
    await withSession(context, args, async (api, domain) => {
      const user = await api.auth("user-info").get() as Record<string, unknown>;
      if (context.json) {
        const { email, name, slug, is_staff: isStaff } = user;
        await context.print(JSON.stringify({ domain, email, name, slug, isStaff }, null, 2));
      } else await context.print(`${user.email} on ${domain}`);
    });
  },
};
