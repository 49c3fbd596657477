/**
 * The cloud that a command uses, and a client that is logged in.
 *
 * Where the tokens come from, in this order: `ARCHFX_TOKEN` or `ARCHFX_API_KEY`; the file that
 * `archfx login` wrote; `ARCHFX_EMAIL` and `ARCHFX_PASSWORD`, which log in for this command only.
 *
 * @module
 */
import { isRecord } from "../_is_record.ts";
import type { Api, ApiOptions } from "../api/mod.ts";
import type { ArgumentParser, Arguments } from "../main/argument_parser.ts";
import { ArgumentError } from "../main/argument_parser.ts";
import { cloudAddress, isCustomer } from "../_cloud_address.ts";
import { environmentToken } from "../_environment.ts";
import type { Context } from "./_command.ts";
import { configFolder } from "./_config_folder.ts";
import { CommandError, ExitCode, messageOf } from "./_errors.ts";
import { renewalUnderLock } from "./_renew_tokens.ts";
import { type Credentials, CredentialsStore } from "./credentials.ts";
import { asUsageError } from "../main/usage_error.ts";

/**
 * Declares the options that choose a cloud.
 *
 * @param parser The parser of the command.
 * @param otherwise Which cloud is used by default.
 */
export function addCloudArguments(
  parser: ArgumentParser,
  otherwise = "the one of the last login",
): void {
  parser
    .addArgument("--customer", {
      metavar: "SLUG",
      help: "The customer's cloud, https://SLUG.archfx.io",
    })
    .addArgument("--domain", {
      metavar: "URL",
      help: `The cloud's address (also ARCHFX_DOMAIN); otherwise ${otherwise}`,
    })
    .addArgument("--allow-http", {
      type: "boolean",
      help: "Send tokens and passwords unencrypted, over plain http, to another machine",
    });
}

/** The store of this user. */
export function credentialsStore(context: Context): CredentialsStore {
  return new CredentialsStore(configFolder(context.io.env));
}

/** The address of the cloud that the arguments or the environment name, if any. */
export function namedDomain(context: Context, args: Arguments): string | undefined {
  const { customer, domain }: { customer?: string; domain?: string } = args;
  if (customer !== undefined && domain !== undefined) {
    throw new ArgumentError(
      'Cannot use "--customer" and "--domain" together: each names a cloud',
    );
  }
  if (customer !== undefined) {
    if (!isCustomer(customer)) {
      throw new ArgumentError(
        `Cannot use "${customer}" as --customer: it must be a slug of letters, digits and hyphens`,
      );
    }
    return `https://${customer.toLowerCase()}.archfx.io`;
  }
  const address = domain ?? context.io.env.ARCHFX_DOMAIN;
  if (address === undefined || address === "") return undefined;
  const name = domain === undefined ? "ARCHFX_DOMAIN" : "--domain";
  return asUsageError(() => cloudAddress(address, name, args.allowHttp === true));
}

/** Gets new tokens for a client. */
export type Renewal = NonNullable<ApiOptions["renewTokens"]>;

/**
 * Runs a task with a client that is logged in, and the address of its cloud.
 *
 * @param context The context of the command.
 * @param args The arguments of the command.
 * @param task What needs the client.
 * @param around Changes how the tokens of `archfx login` are renewed.
 * @throws {CommandError} Exit code 3 if there are no tokens.
 */
export async function withSession<T>(
  context: Context,
  args: Arguments,
  task: (api: Api, domain: string) => Promise<T>,
  around: (renewal: Renewal) => Renewal = (renewal) => renewal,
): Promise<T> {
  const store = credentialsStore(context);
  const { env } = context.io;
  const given = asUsageError(() => environmentToken(env));
  const file = given ? undefined : await store.read();
  const domain = namedDomain(context, args) ?? file?.current ?? "https://arch.archfx.io";
  const { Api } = await import("../api/mod.ts");
  const options = {
    signal: context.signal,
    userAgent: await userAgent(),
    allowInsecureHttp: args.allowHttp === true,
  };
  context.trace(`cloud: ${domain}`);
  if (given) {
    context.trace(`token: from ${given.type === "Api-Key" ? "ARCHFX_API_KEY" : "ARCHFX_TOKEN"}`);
    const api = new Api(domain, options);
    setToken(api, given);
    return await task(api, domain);
  }
  const saved = file?.clouds[domain];
  if (saved) {
    context.trace(`token: of ${saved.email}, saved ${saved.savedAt} in ${store.path}`);
    if (await store.isExposed()) {
      context.note(
        `archfx: other users of this machine can read ${store.path}: run "chmod -R go= '${store.path}'*"`,
      );
    }
    if (saved.refresh === undefined) {
      const api = new Api(domain, options);
      setToken(api, saved);
      return await task(api, domain);
    }
    const connect = (more: ApiOptions) => new Api(domain, { ...options, ...more });
    const renewTokens = around(renewalUnderLock(store, domain, context, connect));
    const api = connect({ renewTokens });
    setToken(api, saved);
    return await task(api, domain);
  }
  if (env.ARCHFX_EMAIL && env.ARCHFX_PASSWORD) {
    context.trace(`login: as ${env.ARCHFX_EMAIL}, for this command`);
    const api = new Api(domain, options);
    if (!(await api.login({ email: env.ARCHFX_EMAIL, password: env.ARCHFX_PASSWORD }))) {
      throw new CommandError(
        `Cannot log in to ${domain} as ${env.ARCHFX_EMAIL}: the cloud rejects ARCHFX_PASSWORD`,
        ExitCode.NotLoggedIn,
      );
    }
    try {
      return await task(api, domain);
    } finally {
      // The token expires by itself, so a failure here does not matter.
      await api.logout().catch((error) => context.trace(`logout: ${messageOf(error)}`));
    }
  }
  throw new CommandError(
    `Cannot use ${domain} without a login: run "archfx login${
      domain === "https://arch.archfx.io" ? "" : ` --domain ${domain}`
    }", or set ARCHFX_TOKEN or ARCHFX_API_KEY`,
    ExitCode.NotLoggedIn,
  );
}

/**
 * The email in the response of the cloud about the user.
 *
 * @throws {CommandError} If it is missing: the response does not come from the API of a cloud.
 */
export function emailOf(domain: string, user: unknown): string {
  if (isRecord(user) && typeof user.email === "string" && user.email !== "") return user.email;
  throw new CommandError(
    `Cannot read who is logged in: the response of ${domain} is not an account of ArchFX Cloud;  ` +
      "check the address of the cloud",
  );
}

/** Gives a client its tokens. */
export function setToken(
  api: Api,
  tokens: Pick<Credentials, "type" | "access" | "refresh">,
): void {
  const { type, access, refresh } = tokens;
  if (type === "jwt" && refresh !== undefined) api.setToken({ access, refresh }, "jwt");
  else api.setToken(access, type);
}

/** The user agent of the command. */
export async function userAgent(): Promise<string> {
  const { version } = await import("./_version.ts");
  return `archfx/${version}`;
}
