/**
 * The login of a script: tokens of the environment and of the `.ini` file, or an email and a password.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import process from "node:process";
import { errorMessage, errorStatus } from "../_error_fields.ts";
import { Api, type ApiOptions, type Tokens } from "../api/mod.ts";
import { environmentToken, type GivenToken } from "../_environment.ts";
import type { Arguments } from "./argument_parser.ts";
import { addIniTokens, type IniTokens, readIniTokens, renewIniTokens } from "./_ini_file.ts";
import { canPrompt, promptHidden } from "./prompt.ts";
import { asUsageError } from "./usage_error.ts";

const logger = getLogger(["archfx", "main"]);

/** The script cannot continue: its message is logged, its code is the exit code. */
export class Exit extends Error {
  override readonly name = "Exit";
  readonly code: number;

  constructor(message: string, code: number, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The parts of a script that the login needs. */
interface Script {
  readonly api: Api;
  readonly args: Arguments;
  readonly domain: string;
}

/** The tokens of one script. */
export class ScriptLogin {
  readonly #configPath: string;
  #iniTokens: IniTokens = {};
  #received: Tokens | undefined;

  /** `configPath` is the `.ini` file. */
  constructor(configPath: string) {
    this.#configPath = configPath;
  }

  /** The client of a script. If it refreshes a pair of the `.ini` file, the new pair is written back. */
  createApi({ domain, args }: Script, options: ApiOptions): Api {
    const { onTokens } = options;
    const renewTokens = (tokens: Tokens, { signal }: { signal: AbortSignal }) =>
      this.#renewed(tokens, options, signal, domain, args.customer);
    const hook = this.#iniTokens.jwtRefresh === undefined ? {} : { renewTokens };
    return new Api(domain, {
      ...hook,
      ...options,
      onTokens: async (tokens) => {
        this.#received = tokens;
        await onTokens?.(tokens);
      },
    });
  }

  /** Refreshes a pair. A pair of the `.ini` file is written back; the space for it is reserved first. */
  async #renewed(
    tokens: Tokens,
    options: ApiOptions,
    signal: AbortSignal,
    domain: string,
    customer: string,
  ): Promise<Tokens | undefined> {
    const refresh = async () => {
      let received: Tokens | undefined;
      const api = new Api(domain, { ...options, onTokens: (it) => void (received = it) });
      api.setToken(tokens, "jwt");
      return await api.refreshToken({ signal }) ? received : undefined;
    };
    const stored = this.#iniTokens.jwtRefresh;
    if (stored === undefined || tokens.refresh !== stored) return await refresh();
    const renewed = await renewIniTokens(this.#configPath, customer, stored, refresh);
    if (renewed?.refresh !== undefined) this.#iniTokens.jwtRefresh = renewed.refresh;
    return renewed;
  }

  /** Reads the tokens of the customer. */
  async read({ args }: Script): Promise<void> {
    try {
      this.#iniTokens = await readIniTokens(this.#configPath, args.customer);
    } catch (error) {
      throw new Exit(errorMessage(error), 1, { cause: error });
    }
  }

  /** Logs in; false if the cloud rejects user and password. */
  async run(script: Script): Promise<boolean> {
    const { api, args } = script;
    const given = asUsageError(() => environmentToken(process.env));
    if (given) return await this.#withEnvironment(script, given);
    if (await this.#withIniToken(script)) return true;
    const email: string | undefined = args.email || process.env.ARCHFX_EMAIL;
    if (!email) throw new Exit("User email is required: --user or ARCHFX_EMAIL", 2);
    const ok = await api.login({ email, password: await password() });
    if (ok) logger.info("Welcome {email}", { email });
    else logger.error("The cloud rejects this user and password");
    if (ok && args.saveLogin) await this.#save(args.customer);
    return ok;
  }

  async #withEnvironment(script: Script, { type, access }: GivenToken): Promise<boolean> {
    script.api.setToken(access, type);
    // An API key may be allowed to send reports but not to ask for its account.
    if (type === "Api-Key" || await worksToken(script)) return true;
    throw new Exit(
      "The cloud rejects ARCHFX_TOKEN: it has expired, or belongs to another cloud",
      3,
    );
  }

  async #save(customer: string): Promise<void> {
    if (!this.#received) return;
    await addIniTokens(this.#configPath, customer, this.#received);
    this.#iniTokens = {
      jwtAccess: this.#received.access,
      ...(this.#received.refresh === undefined ? {} : { jwtRefresh: this.#received.refresh }),
    };
    logger.info('Stored the tokens in "{path}"', { path: this.#configPath });
  }

  async #withIniToken(script: Script): Promise<boolean> {
    const { api } = script;
    const { apiKey, token, jwtAccess, jwtRefresh } = this.#iniTokens;
    if (apiKey !== undefined) {
      api.setToken(apiKey, "Api-Key");
      return true;
    }
    if (token !== undefined) api.setToken({ token }, "token");
    else if (jwtAccess !== undefined && jwtRefresh !== undefined) {
      api.setToken({ access: jwtAccess, refresh: jwtRefresh }, "jwt");
    } else if (jwtAccess !== undefined) api.setToken(jwtAccess, "jwt");
    else return false;
    if (await worksToken(script)) return true;
    this.#iniTokens = {};
    return false;
  }
}

async function password(): Promise<string> {
  const fromEnvironment = process.env.ARCHFX_PASSWORD;
  if (fromEnvironment) return fromEnvironment;
  if (!canPrompt()) {
    throw new Exit(
      "Cannot ask for the password: there is no terminal; set ARCHFX_PASSWORD, ARCHFX_TOKEN or ARCHFX_API_KEY",
      3,
    );
  }
  const password = await promptHidden("Password: ");
  if (password === undefined) throw new Exit("interrupted", 130);
  return password;
}

/** Whether the cloud accepts the token that was set. */
async function worksToken({ api, domain }: Script): Promise<boolean> {
  try {
    const user = await api.auth("user-info").get();
    if (typeof user?.email !== "string") {
      throw new Exit(
        `The response of ${domain} is not an account of ArchFX Cloud: check the address`,
        1,
      );
    }
    logger.info("Using token for {email}", { email: user.email });
    return true;
  } catch (error) {
    // 4xx: the cloud rejects the token. Any other error is not a reason to ask for a password.
    const status = errorStatus(error);
    if (status === undefined || status < 400 || status >= 500) throw error;
    logger.debug("{error}", { error: String(error) });
    logger.info("Token is illegal or has expired");
    return false;
  }
}
