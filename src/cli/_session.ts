/**
 * The cloud that a command means, and a client that is logged in to it.
 *
 * Where the tokens come from, in this order: `ARCHFX_TOKEN`; the file that `archfx login` wrote;
 * `ARCHFX_EMAIL` and `ARCHFX_PASSWORD`, which log in for this command alone.
 *
 * @module
 */
import type { Api } from "../api/mod.ts";
import type { ReportCloud } from "../reports/mod.ts";
import type { ArgumentParser, Arguments } from "../main/argument_parser.ts";
import { ArgumentError } from "../main/argument_parser.ts";
import type { Context } from "./_command.ts";
import { configFolder } from "./_config_folder.ts";
import { CommandError, ExitCode, messageOf } from "./_errors.ts";
import { lockedRefresh } from "./_locked_refresh.ts";
import { uploadCloud } from "./_upload_cloud.ts";
import { type Credentials, CredentialsStore } from "./credentials.ts";

/**
 * Declares how a cloud is named.
 *
 * @param parser The parser of the command.
 * @param otherwise Which cloud it is where none is named.
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
      help: `The cloud's address (also ARCHFX_DOMAIN); else ${otherwise}`,
    })
    .addArgument("--allow-http", {
      type: "boolean",
      help: "Send tokens and passwords over plain http to another machine",
    });
}

/** The store of this user. */
export function credentialsStore(context: Context): CredentialsStore {
  return new CredentialsStore(configFolder(context.io.env));
}

/** The address of the cloud that the arguments or the environment name, if any. */
export function namedDomain(context: Context, args: Arguments): string | undefined {
  const { customer, domain } = args as { customer?: string; domain?: string };
  if (customer !== undefined && domain !== undefined) {
    throw new ArgumentError(
      'Cannot take "--customer" and "--domain" together: either names a cloud',
    );
  }
  if (customer !== undefined) {
    if (!/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/.test(customer)) {
      throw new ArgumentError(
        `Cannot take "${customer}" as --customer: it must be a slug of letters, digits and hyphens`,
      );
    }
    return `https://${customer.toLowerCase()}.archfx.io`;
  }
  const fromEnv = domain === undefined;
  const address = domain ?? context.io.env.ARCHFX_DOMAIN;
  if (address === undefined || address === "") return undefined;
  const name = fromEnv ? "ARCHFX_DOMAIN" : "--domain";
  let url: URL;
  try {
    url = new URL(address.includes("://") ? address : `https://${address}`);
  } catch {
    throw new ArgumentError(
      `Cannot take "${address}" as ${name}: it must be like https://arch.archfx.io`,
    );
  }
  if (!/^https?:$/.test(url.protocol) || !/^\/*$/.test(url.pathname) || url.search || url.hash) {
    throw new ArgumentError(
      `Cannot take "${
        url.username ? url.host : address
      }" as ${name}: it must be like https://arch.archfx.io`,
    );
  }
  if (url.username || url.password) {
    throw new ArgumentError(
      `Cannot take a user name or password as part of ${name}: see "archfx login"`,
    );
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname) && !args.allowHttp) {
    throw new ArgumentError(
      `Cannot take "${address}" as ${name}: it must be https, since passwords and tokens would go unencrypted; ` +
        "--allow-http is for a network that is trusted",
    );
  }
  return url.origin;
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(host);
}

/**
 * Runs a task with a client that is logged in, the address of its cloud, and the way for uploads.
 *
 * @throws {CommandError} Exit code 3 where there are no tokens.
 */
export async function withSession<T>(
  context: Context,
  args: Arguments,
  task: (api: Api, domain: string, uploads: ReportCloud) => Promise<T>,
): Promise<T> {
  const store = credentialsStore(context);
  const { env } = context.io;
  const file = env.ARCHFX_TOKEN ? undefined : await store.read();
  const domain = namedDomain(context, args) ?? file?.current ?? "https://arch.archfx.io";
  const { Api } = await import("../api/mod.ts");
  const options = {
    signal: context.signal,
    userAgent: await userAgent(),
    allowInsecureHttp: args.allowHttp === true,
  };
  context.trace(`cloud: ${domain}`);
  if (env.ARCHFX_TOKEN) {
    context.trace("token: from ARCHFX_TOKEN");
    const api = new Api(domain, options);
    setToken(api, keyOrJwt(env.ARCHFX_TOKEN));
    return await task(api, domain, api);
  }
  const saved = file?.clouds[domain];
  if (saved) {
    context.trace(`token: of ${saved.email}, saved ${saved.savedAt} in ${store.path}`);
    if (await store.isExposed()) {
      context.note(`archfx: others can read ${store.path}; its mode should be 0600`);
    }
    if (saved.refresh === undefined) {
      const api = new Api(domain, options);
      setToken(api, saved);
      return await task(api, domain, api);
    }
    const api = new Api(domain, { ...options, fetch: lockedRefresh(store, domain, context) });
    setToken(api, saved);
    return await task(api, domain, uploadCloud(api, new Api(domain, options)));
  }
  if (env.ARCHFX_EMAIL && env.ARCHFX_PASSWORD) {
    context.trace(`login: as ${env.ARCHFX_EMAIL}, for this command`);
    const api = new Api(domain, options);
    if (!(await api.login({ email: env.ARCHFX_EMAIL, password: env.ARCHFX_PASSWORD }))) {
      throw new CommandError(
        `Cannot log in to ${domain} as ${env.ARCHFX_EMAIL}: the cloud does not take ARCHFX_PASSWORD`,
        ExitCode.NotLoggedIn,
      );
    }
    try {
      return await task(api, domain, api);
    } finally {
      // Its token expires by itself; what the command did matters more than this.
      await api.logout().catch((error) => context.trace(`logout: ${messageOf(error)}`));
    }
  }
  throw new CommandError(
    `Cannot use ${domain} without a login: run "archfx login", or set ARCHFX_TOKEN`,
    ExitCode.NotLoggedIn,
  );
}

/** The key of forty hexadecimal digits, or a JWT. */
export function keyOrJwt(text: string): Pick<Credentials, "type" | "access"> {
  return { type: /^[0-9a-fA-F]{40}$/.test(text) ? "token" : "jwt", access: text };
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

/** How the command names itself to the cloud. */
export async function userAgent(): Promise<string> {
  const { version } = await import("./_version.ts");
  return `archfx/${version}`;
}
