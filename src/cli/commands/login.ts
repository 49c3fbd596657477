/**
 * `archfx login`: logs in and saves tokens in the user's configuration folder.
 *
 * @module
 */
import { cleanToken, keyOrJwt } from "../../_environment.ts";
import { errorStatus } from "../../_error_fields.ts";
import { printableJson } from "../../_printable.ts";
import { canPrompt, promptHidden } from "../../main/prompt.ts";
import { ArgumentError, type Arguments } from "../../main/argument_parser.ts";
import type { Command, Context } from "../_command.ts";
import { CommandError, ExitCode, Interrupted } from "../_errors.ts";
import { linesOf } from "../_lines.ts";
import {
  addCloudArguments,
  credentialsStore,
  emailOf,
  namedDomain,
  setToken,
  userAgent,
} from "../_session.ts";
import type { Credentials } from "../credentials.ts";
import { asUsageError } from "../../main/usage_error.ts";

/** The command. */
export const login: Command = {
  description:
    "Log in to a cloud. The command asks for the password without showing it, or reads it from standard input; " +
    "it is never an argument and never stored. The tokens are kept in the user's configuration " +
    "folder, readable only by that user, one entry for each cloud. Later commands use the cloud of the " +
    "last login unless an option names another one.\n" +
    "For unattended machines use an API key, or set ARCHFX_DOMAIN, and ARCHFX_API_KEY, ARCHFX_TOKEN or " +
    "ARCHFX_EMAIL and ARCHFX_PASSWORD: they work with every command and need no login. With --json: " +
    "{ domain, email, path }; email is null for an API key that the cloud does not name.",
  examples: [
    ["archfx login --customer acme --user user@example.com", "Asks for the password"],
    ["archfx login --domain localhost:8000 -u user@example.com", "To an emulator on this machine"],
    [
      "pass show archfx | archfx login --user user@example.com --password-stdin",
      "With the password from a password manager",
    ],
    ["archfx login --token-stdin < token.txt", "With a token instead of a password"],
    ["archfx login --api-key-stdin < key.txt", "With an API key, for a machine"],
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
      })
      .addArgument("--api-key-stdin", {
        type: "boolean",
        help: "Read an API key from standard input, instead of a password",
      });
  },
  async run(context, args) {
    const domain = namedDomain(context, args) ?? "https://arch.archfx.io";
    if ([args.passwordStdin, args.tokenStdin, args.apiKeyStdin].filter(Boolean).length > 1) {
      throw new ArgumentError(
        "Cannot use --password-stdin, --token-stdin and --api-key-stdin together: each reads " +
          "standard input",
      );
    }
    const fromInput = args.tokenStdin || args.apiKeyStdin;
    const { email, ...tokens } = fromInput
      ? await givenToken(context, args, domain)
      : await passwordLogin(context, args, domain);
    const store = credentialsStore(context);
    await store.update((file) => {
      const savedAt = new Date().toISOString();
      file.clouds[domain] = { email: email ?? "an API key", ...tokens, savedAt };
      file.current = domain;
    }, context.signal);
    if (context.json) await context.print(printableJson({ domain, email, path: store.path }));
    else {
      const who = email === null ? "with an API key" : `as ${email}`;
      context.note(`Logged in to ${domain} ${who}; the tokens are in ${store.path}`);
    }
  },
};

type Login = Pick<Credentials, "type" | "access" | "refresh"> & { email: string | null };

async function apiOptions(context: Context, args: Arguments) {
  return {
    signal: context.signal,
    userAgent: await userAgent(),
    allowInsecureHttp: args.allowHttp === true,
  };
}

/** Saves a token from standard input, after the cloud has confirmed its user. */
async function givenToken(context: Context, args: Arguments, domain: string): Promise<Login> {
  const { Api } = await import("../../api/mod.ts");
  const what = args.apiKeyStdin ? "the API key" : "the token";
  const text = await firstLine(context, what);
  const given = asUsageError(() => {
    const token = cleanToken(text, `${what} from standard input`);
    return args.apiKeyStdin ? { type: "Api-Key" as const, access: token } : keyOrJwt(token);
  });
  const api = new Api(domain, await apiOptions(context, args));
  setToken(api, given);
  try {
    return { ...given, email: emailOf(domain, await api.auth("user-info").get()) };
  } catch (error) {
    // A cloud may let an API key send reports but not read its account.
    const status = errorStatus(error);
    if (args.apiKeyStdin && (status === 403 || status === 404)) return { ...given, email: null };
    throw error;
  }
}

async function passwordLogin(context: Context, args: Arguments, domain: string): Promise<Login> {
  const { Api } = await import("../../api/mod.ts");
  const email: string = args.user ?? context.io.env.ARCHFX_EMAIL ?? "";
  if (email === "") {
    throw new ArgumentError("Cannot log in without --user: it is the email of the account");
  }
  const password = await readPassword(context, args.passwordStdin, email, domain);
  let received: { access: string; refresh?: string } | undefined;
  const api = new Api(domain, {
    ...await apiOptions(context, args),
    onTokens: (pair: { access: string; refresh?: string }) => {
      received = pair;
    },
  });
  if (!(await api.login({ email, password }))) {
    throw new CommandError(
      `Cannot log in to ${domain} as ${email}: the cloud rejects this user and password`,
      ExitCode.NotLoggedIn,
    );
  }
  return {
    email,
    type: "jwt",
    access: received?.access ?? String(api.token),
    ...(received?.refresh === undefined ? {} : { refresh: received.refresh }),
  };
}

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
      "Cannot ask for the password: there is no terminal; use --password-stdin or ARCHFX_PASSWORD",
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
