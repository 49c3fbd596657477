/**
 * `archfx logout`: ends the session and deletes the tokens.
 *
 * @module
 */
import type { Command } from "../_command.ts";
import { ExitCode, messageOf } from "../_errors.ts";
import {
  addCloudArguments,
  credentialsStore,
  namedDomain,
  setToken,
  userAgent,
} from "../_session.ts";
import type { CredentialsFile } from "../credentials.ts";

/** The command. */
export const logout: Command = {
  description:
    "Log out of a cloud and delete its tokens from this machine, even if the cloud cannot be " +
    "reached. With --json: { domains }, the clouds that the command logged out of.",
  examples: [
    ["archfx logout", "Log out of the cloud of the last login"],
    ["archfx logout --all", "Log out of every cloud"],
  ],
  arguments(parser) {
    addCloudArguments(parser);
    parser.addArgument("--all", {
      type: "boolean",
      help: "Log out of every cloud that has tokens here",
    });
    parser.addArgument("--force", {
      type: "boolean",
      help: "Remove the file of tokens if it cannot be read",
    });
  },
  async run(context, args) {
    const store = credentialsStore(context);
    const named = namedDomain(context, args);
    let file: CredentialsFile;
    try {
      file = await store.read();
    } catch (error) {
      if (!args.force) throw error;
      context.note(`archfx logout: ${messageOf(error)}`);
      await store.remove();
      context.note(`Removed ${store.path}; the clouds were not notified`);
      if (context.json) await context.print(JSON.stringify({ domains: [] }));
      return ExitCode.Done;
    }
    const domain = named ?? file.current;
    const domains = args.all
      ? Object.keys(file.clouds)
      : domain !== undefined && file.clouds[domain]
      ? [domain]
      : [];
    if (domains.length === 0 && !args.all) {
      context.complain(`archfx logout: not logged in${domain ? ` to ${domain}` : ""}`);
      return ExitCode.NotLoggedIn;
    }
    const { Api } = await import("../../api/mod.ts");
    for (const address of domains) {
      const api = new Api(address, {
        signal: context.signal,
        userAgent: await userAgent(),
        allowInsecureHttp: args.allowHttp === true,
        retries: 0,
      });
      setToken(api, file.clouds[address]!);
      try {
        await api.logout();
      } catch (error) {
        context.note(`archfx logout: ${address} was not notified: ${messageOf(error)}`);
      }
    }
    await store.update((current: CredentialsFile) => {
      for (const address of domains) delete current.clouds[address];
      if (current.current !== undefined && !current.clouds[current.current]) {
        const [next] = Object.keys(current.clouds);
        if (next === undefined) delete current.current;
        else current.current = next;
      }
    });
    if (context.json) await context.print(JSON.stringify({ domains }));
    else for (const address of domains) context.note(`Logged out of ${address}`);
  },
};
