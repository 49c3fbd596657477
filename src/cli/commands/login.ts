/**
 * `archfx login`: a password becomes tokens in the user's configuration folder.
 *
 * @module
 */
import { canPrompt, promptHidden } from "../../main/_prompt.ts";
import type { Command, Context } from "../_command.ts";
import { CommandError, ExitCode, Interrupted } from "../_errors.ts";
import { linesOf } from "../_lines.ts";
import {
  addCloudArguments,
  credentialsStore,
  keyOrJwt,
  namedDomain,
  userAgent,
} from "../_session.ts";
import type { Credentials } from "../credentials.ts";

/** The command. */
export const login: Command = {
  description:
    "Log in to a cloud. The password is asked for without being shown, or read from standard input; " +
    "it is never an argument and never stored. The tokens are kept in the user's configuration " +
    "folder, readable by nobody else, one entry a cloud; commands then mean the cloud of the last " +
    "login unless told otherwise.\n" +
    "For machines: ARCHFX_DOMAIN, and ARCHFX_TOKEN or ARCHFX_EMAIL and ARCHFX_PASSWORD, work with " +
    "every command and need no login. With --json: { domain, email, path }.",
  examples: [
    ["archfx login --customer acme --user user@example.com", "Asks for the password"],
    ["pass show archfx | archfx login --user user@example.com --password-stdin", "From a manager"],
    ["archfx login --token-stdin < token.txt", "With a token instead of a password"],
  ],
  arguments(parser) {
    parser.addArgument("--user", {
      short: "u",
      metavar: "EMAIL",
      help: "Email used for login (also ARCHFX_EMAIL)",
    });
    addCloudArguments(parser, "https://arch.archfx.io");
    parser
      .addArgument("--password-stdin", {
        type: "boolean",
        help: "Read the password from standard input",
      })
      .addArgument("--token-stdin", {
        type: "boolean",
        help: "Read a JWT or a key of 40 digits from standard input, instead of a password",
      });
  },
  async run(context, args) {
    const domain = namedDomain(context, args) ?? "https://arch.archfx.io";
    const { Api } = await import("../../api/mod.ts");
    const options = {
      signal: context.signal,
      userAgent: await userAgent(),
      allowInsecureHttp: args.allowHttp === true,
    };
    let tokens: Pick<Credentials, "type" | "access" | "refresh">;
    let email: string;
    if (args.tokenStdin) {
      const api = new Api(domain, options);
      tokens = keyOrJwt(await firstLine(context, "the token"));
      api.setToken(tokens.access, tokens.type);
      email = (await api.auth("user-info").get() as { email: string }).email;
    } else {
      email = args.user ?? context.io.env.ARCHFX_EMAIL ?? "";
      if (email === "") throw new CommandError("Cannot log in without --user", ExitCode.WrongUsage);
      const password = await readPassword(context, args.passwordStdin, email, domain);
      let received: { access: string; refresh?: string } | undefined;
      const client = new Api(domain, {
        ...options,
        onTokens: (pair: { access: string; refresh?: string }) => {
          received = pair;
        },
      });
      if (!(await client.login({ email, password }))) {
        throw new CommandError(
          `Cannot log in to ${domain} as ${email}: the cloud does not take this user and password`,
          ExitCode.NotLoggedIn,
        );
      }
      tokens = { type: "jwt", access: received?.access ?? String(client.token) };
      if (received?.refresh !== undefined) tokens.refresh = received.refresh;
    }
    const store = credentialsStore(context);
    await store.update((file) => {
      file.clouds[domain] = { email, ...tokens, savedAt: new Date().toISOString() };
      file.current = domain;
    }, context.signal);
    if (context.json) await context.print(JSON.stringify({ domain, email, path: store.path }));
    else context.note(`Logged in to ${domain} as ${email}; the tokens are in ${store.path}`);
  },
};

async function readPassword(
  context: Context,
  fromInput: boolean,
  email: string,
  domain: string,
): Promise<string> {
  if (fromInput) return await firstLine(context, "the password");
  const fromEnv = context.io.env.ARCHFX_PASSWORD;
  if (fromEnv) return fromEnv;
  if (!canPrompt()) {
    throw new CommandError(
      "Cannot ask for the password as there is no terminal: use --password-stdin or ARCHFX_PASSWORD",
      ExitCode.NotLoggedIn,
    );
  }
  const password = await promptHidden(`Password of ${email} for ${domain}: `);
  if (password === undefined) throw new CommandError("interrupted", ExitCode.Interrupted);
  return password;
}

async function firstLine(context: Context, what: string): Promise<string> {
  for await (const line of linesOf(context.io.input())) {
    if (line !== "") return line;
  }
  if (context.signal.reason instanceof Interrupted) throw context.signal.reason;
  throw new CommandError(
    `Cannot read ${what} from standard input: it is empty`,
    ExitCode.WrongUsage,
  );
}
