/**
 * BaseMain, the frame of a script: arguments, login, the work, logout.
 *
 * @module
 */
import { configure, getLogger } from "@logtape/logtape";
import process from "node:process";
import { inspectable } from "../_inspect.ts";
import { Api, type ApiOptions, type Tokens } from "../api/mod.ts";
import { cloudAddress, isCustomer } from "../_cloud_address.ts";
import { environmentToken, type GivenToken } from "../_environment.ts";
import { messageOf } from "../_error_text.ts";
import { printable } from "../_printable.ts";
import { ArgumentError, ArgumentParser, type Arguments } from "./argument_parser.ts";
import { addIniTokens, type IniTokens, readIniTokens, renewIniTokens } from "./_ini_file.ts";
import { formatLogLine } from "../_log_line.ts";
import { canPrompt, promptHidden } from "./prompt.ts";

const logger = getLogger(["archfx", "main"]);

/** How a script is set up. */
export interface BaseMainOptions {
  /** The file with tokens. @default {".ini"} */
  configPath?: string;
  /** The arguments. @default {those of the process} */
  argv?: readonly string[];
}

/** The script cannot continue: its message is logged, its code is the exit code. */
class Exit extends Error {
  override readonly name = "Exit";
  readonly code: number;

  constructor(message: string, code: number, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * The frame of a script: it reads arguments, logs in, lets `afterLogin` do the work, and logs out
 * whatever happens. Each step is a method to override, sync or async:
 *
 * `addExtraArgs`, `configLogging`, `getDomain`, `apiOptions`, `beforeLogin`, `login`, `afterLogin`,
 * `logout`, `afterLogout`.
 *
 * The login comes from the first of these that there is: `ARCHFX_TOKEN` or `ARCHFX_API_KEY`; the section
 * `c-<customer>` of the `.ini` file (`api_key`, `token`, or `jwt_access` and `jwt_refresh`; a pair that is
 * refreshed is written back); `--user` or `ARCHFX_EMAIL` with `ARCHFX_PASSWORD` or a password from the
 * terminal, which is never an argument. `--save-login` stores the tokens of that login in the `.ini` file.
 *
 * Exit codes: 0 done, 1 a step failed, 2 wrong usage, 3 not logged in, 130 interrupted.
 *
 * @example A script
 * ```ts
 * import { BaseMain } from "@archfx/cloud/main";
 * import { assertEquals } from "@std/assert";
 *
 * class Sites extends BaseMain {
 *   override addExtraArgs() {
 *     this.parser.addArgument("org", { help: "Slug of the organization" });
 *   }
 *   override async afterLogin() {
 *     for await (const site of this.api.site.list({ org: this.args.org })) console.log(site.slug);
 *   }
 * }
 *
 * assertEquals(await new Sites({ argv: ["--help"] }).main(), 0);
 * ```
 */
export class BaseMain {
  /** Takes the declarations of `addExtraArgs`. */
  readonly parser: ArgumentParser;
  /** The arguments, once `main` has read them: `email`, `server`, `customer` and the extra ones. */
  args: Arguments = {};
  /** The client, once `main` has created it. */
  // Assigned in main() before any step that may use it.
  api!: Api;
  /** The address of the cloud, once `getDomain` has returned it. */
  domain = "https://arch.archfx.io";
  /** The lowest level that is logged. @default {"info"} */
  loggingLevel: "trace" | "debug" | "info" | "warning" | "error" | "fatal" = "info";
  /** Addresses by `--server`; `{customer}` stands for `--customer`. The address of a stage is not known. */
  domains: { prod: string; stage?: string; dev: string } = {
    prod: "https://{customer}.archfx.io",
    dev: "http://localhost",
  };
  /** Aborted by Ctrl-C: pass it to long calls. */
  readonly signal: AbortSignal;
  readonly #interrupt = new AbortController();
  readonly #configPath: string;
  readonly #argv: readonly string[] | undefined;
  #iniTokens: IniTokens = {};
  #received: Tokens | undefined;
  #loggingConfigured = false;

  /**
   * Declares `--user`, `--server`, `--customer` and `--save-login`. Nothing is read before `main`.
   *
   * @param options Where the tokens are kept, and the arguments.
   */
  constructor(options: BaseMainOptions = {}) {
    this.#configPath = options.configPath ?? ".ini";
    this.#argv = options.argv;
    this.signal = this.#interrupt.signal;
    this.parser = new ArgumentParser({ program: programName() });
    this.parser
      .addArgument("--user", {
        short: "u",
        dest: "email",
        help: "Email used for login (also ARCHFX_EMAIL)",
      })
      .addArgument("--server", {
        choices: ["prod", "stage", "dev"],
        default: "prod",
        help: "Type of server",
      })
      .addArgument("--customer", { default: "arch", help: "Customer slug: arch, acme" })
      .addArgument("--save-login", {
        type: "boolean",
        help: `Store the tokens of this login in ${this.#configPath} for the next runs`,
      });
  }

  /**
   * Runs the steps. An error in a step is logged as one line, with its stack trace if `loggingLevel` is
   * `debug` or `trace`; after `afterLogin` has begun, the script logs out first.
   *
   * @returns The exit code, which also becomes the one of the process.
   */
  async main(): Promise<number> {
    let code = 0;
    try {
      code = await this.#steps();
    } catch (error) {
      code = this.#report(error);
    }
    process.exitCode = code;
    return code;
  }

  #report(error: unknown): number {
    // The mistakes of a program say more with the name of their class.
    const isMistake = error instanceof Error &&
      /^(?:Type|Range|Reference|Syntax)Error$/.test(error.name);
    const message = `${isMistake ? `${error.name}: ` : ""}${messageOf(error)}`;
    // Before configLogging, or with a logging that writes nothing, this would be lost.
    if (this.#loggingConfigured) logger.error("{message}", { message });
    else process.stderr.write(`${this.parser.program}: ${message}\n`);
    if (!(error instanceof Exit) && ["debug", "trace"].includes(this.loggingLevel)) {
      const lines = (error instanceof Error ? error.stack ?? "" : "").split("\n");
      process.stderr.write(lines.map((line) => `${printable(line)}\n`).join(""));
    }
    if (error instanceof Exit) return error.code;
    if (error instanceof ArgumentError) return 2;
    return (error as { status?: unknown } | null)?.status === 401 ? 3 : 1;
  }

  /** Declare more arguments here: `this.parser.addArgument(...)`. */
  addExtraArgs(): void | Promise<void> {}

  /** Sends what is logged at `loggingLevel` and above to standard error. */
  configLogging(): void | Promise<void> {
    return configure({
      reset: true,
      sinks: {
        stderr: (record) => {
          process.stderr.write(formatLogLine(record));
        },
      },
      loggers: [
        { category: [], sinks: ["stderr"], lowestLevel: this.loggingLevel },
        { category: ["logtape", "meta"], sinks: ["stderr"], lowestLevel: "warning" },
      ],
    });
  }

  /**
   * The address of the cloud, from `--server` and `--customer`; from `ARCHFX_DOMAIN` if neither is given.
   *
   * @returns The address, without a path.
   */
  getDomain(): string | Promise<string> {
    const { server, customer } = this.args;
    if (!isCustomer(customer)) {
      throw new ArgumentError(
        `Cannot take "${customer}" as --customer: it must be a slug of letters, digits and hyphens`,
      );
    }
    const address = process.env.ARCHFX_DOMAIN;
    if (address && !this.#given("--server") && !this.#given("--customer")) {
      // Whether http may be used is checked with the client's options.
      return usage(() => cloudAddress(address, "ARCHFX_DOMAIN", true));
    }
    const domain = this.domains[server as keyof typeof this.domains];
    if (domain === undefined) {
      throw new ArgumentError(
        `Cannot take "${server}" as --server: its address is not known, set domains.${server}`,
      );
    }
    return domain.replaceAll("{customer}", customer);
  }

  /**
   * Options of the client: timeouts, certificates, the user agent.
   *
   * @returns The options; none unless overridden.
   */
  apiOptions(): ApiOptions | Promise<ApiOptions> {
    return {};
  }

  /** Runs before the login: a good place for more checks of the arguments. */
  beforeLogin(): void | Promise<void> {}

  /**
   * Logs in: with a token of the environment or of the `.ini` file if it still works, otherwise with an
   * email and a password.
   *
   * @returns Whether the cloud accepted it.
   */
  login(): boolean | Promise<boolean> {
    return this.#login();
  }

  /** The work: override it. */
  afterLogin(): void | Promise<void> {
    logger.warning("No actual work done");
  }

  /** Logs out; also if `afterLogin` threw or the user pressed Ctrl-C. */
  logout(): void | Promise<void> {
    return this.api.logout();
  }

  /** Runs after the logout if the work was done. */
  afterLogout(): void | Promise<void> {}

  /** The class and the address of the cloud. */
  toString(): string {
    return `${this.constructor.name}(${this.domain})`;
  }

  /** The program, the address and the level of the log; arguments stay out, as they may be secret. */
  toJSON(): Record<string, unknown> {
    return {
      program: this.parser.program,
      domain: this.domain,
      loggingLevel: this.loggingLevel,
    };
  }

  static {
    inspectable(this.prototype, (it) => it.toString());
  }

  async #steps(): Promise<number> {
    await this.addExtraArgs();
    try {
      this.args = this.parser.parse(this.#argv ?? process.argv.slice(2));
      if (this.args.help) {
        process.stdout.write(this.parser.help(process.stdout.columns || 80));
        return 0;
      }
      await this.configLogging();
      this.#loggingConfigured = true;
      this.domain = await this.getDomain();
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error;
      process.stderr.write(`${this.parser.usage()}\n${this.parser.program}: ${error.message}\n`);
      return 2;
    }
    this.#iniTokens = await this.#readTokens();
    this.api = await this.#createApi();
    await this.beforeLogin();
    if (!(await this.login())) return 3;
    const finished = await this.#work();
    if (!finished) {
      logger.warning("Interrupted, logged out");
      // Whatever afterLogin left running must not keep the process alive.
      process.exit(130);
    }
    await this.afterLogout();
    return 0;
  }

  /** Runs afterLogin, then logout whatever happened; false if it was interrupted. */
  async #work(): Promise<boolean> {
    // Promise.withResolvers is not in Node 20.
    let stop: (finished: false) => void = () => {};
    const interrupted = new Promise<false>((resolve) => stop = resolve);
    const onInterrupt = () => {
      if (this.signal.aborted) process.exit(130);
      this.#interrupt.abort(new Error("interrupted"));
      stop(false);
    };
    process.on("SIGINT", onInterrupt);
    process.on("SIGTERM", onInterrupt);
    const work = Promise.resolve().then(() => this.afterLogin()).then(() => true);
    const outcome = await Promise.race([work, interrupted]).then(
      (finished) => ({ finished }),
      (error: unknown) => ({ error, finished: false }),
    );
    try {
      await this.logout();
    } catch (error) {
      // The failure of the work matters more than that of the logout after it.
      if (!("error" in outcome)) throw error;
      logger.warning("Cannot log out: {reason}", { reason: String(error) });
    } finally {
      process.off("SIGINT", onInterrupt);
      process.off("SIGTERM", onInterrupt);
    }
    // What fails once the signal is aborted fails for that reason.
    if ("error" in outcome && !this.signal.aborted) throw outcome.error;
    return outcome.finished && !this.signal.aborted;
  }

  /** Whether an option is among the arguments. */
  #given(option: string): boolean {
    const argv = this.#argv ?? process.argv.slice(2);
    const end = argv.indexOf("--");
    return argv.slice(0, end < 0 ? argv.length : end)
      .some((text) => text === option || text.startsWith(`${option}=`));
  }

  async #createApi(): Promise<Api> {
    const options = await this.apiOptions();
    const { onTokens } = options;
    const renewTokens = (tokens: Tokens, { signal }: { signal: AbortSignal }) =>
      this.#renewed(tokens, options, signal);
    const hook = this.#iniTokens.jwtRefresh === undefined ? {} : { renewTokens };
    return new Api(this.domain, {
      ...hook,
      ...options,
      onTokens: async (tokens) => {
        this.#received = tokens;
        await onTokens?.(tokens);
      },
    });
  }

  /** Refreshes a pair. That of the `.ini` file is written back, into space that is reserved before. */
  async #renewed(
    tokens: Tokens,
    options: ApiOptions,
    signal: AbortSignal,
  ): Promise<Tokens | undefined> {
    const refresh = async () => {
      let received: Tokens | undefined;
      const api = new Api(this.domain, { ...options, onTokens: (it) => void (received = it) });
      api.setToken(tokens, "jwt");
      return await api.refreshToken({ signal }) ? received : undefined;
    };
    const stored = this.#iniTokens.jwtRefresh;
    if (stored === undefined || tokens.refresh !== stored) return await refresh();
    const renewed = await renewIniTokens(this.#configPath, this.args.customer, stored, refresh);
    if (renewed?.refresh !== undefined) this.#iniTokens.jwtRefresh = renewed.refresh;
    return renewed;
  }

  async #readTokens(): Promise<IniTokens> {
    try {
      return await readIniTokens(this.#configPath, this.args.customer);
    } catch (error) {
      throw new Exit((error as Error).message, 1, { cause: error });
    }
  }

  async #login(): Promise<boolean> {
    const given = usage(() => environmentToken(process.env));
    if (given) return await this.#loginFromEnvironment(given);
    if (await this.#loginWithToken()) return true;
    const email: string | undefined = this.args.email || process.env.ARCHFX_EMAIL;
    if (!email) throw new Exit("User email is required: --user or ARCHFX_EMAIL", 2);
    const ok = await this.api.login({ email, password: await this.#password() });
    if (ok) logger.info("Welcome {email}", { email });
    else logger.error("The cloud rejects this user and password");
    if (ok && this.args.saveLogin) await this.#saveLogin();
    return ok;
  }

  async #loginFromEnvironment({ type, access }: GivenToken): Promise<boolean> {
    this.api.setToken(access, type);
    // An API key may send reports and not be allowed to ask who it is.
    if (type === "Api-Key" || await this.#worksToken()) return true;
    throw new Exit(
      "The cloud rejects ARCHFX_TOKEN: it has expired, or belongs to another cloud",
      3,
    );
  }

  async #password(): Promise<string> {
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

  async #saveLogin(): Promise<void> {
    if (!this.#received) return;
    await addIniTokens(this.#configPath, this.args.customer, this.#received);
    this.#iniTokens = {
      jwtAccess: this.#received.access,
      ...(this.#received.refresh === undefined ? {} : { jwtRefresh: this.#received.refresh }),
    };
    logger.info('Stored the tokens in "{path}"', { path: this.#configPath });
  }

  async #loginWithToken(): Promise<boolean> {
    const { apiKey, token, jwtAccess, jwtRefresh } = this.#iniTokens;
    if (apiKey !== undefined) {
      this.api.setToken(apiKey, "Api-Key");
      return true;
    }
    if (token !== undefined) this.api.setToken({ token }, "token");
    else if (jwtAccess !== undefined && jwtRefresh !== undefined) {
      this.api.setToken({ access: jwtAccess, refresh: jwtRefresh }, "jwt");
    } else if (jwtAccess !== undefined) this.api.setToken(jwtAccess, "jwt");
    else return false;
    if (await this.#worksToken()) return true;
    this.#iniTokens = {};
    return false;
  }

  /** Whether the cloud accepts the token that was set. */
  async #worksToken(): Promise<boolean> {
    try {
      const user = await this.api.auth("user-info").get() as { email?: unknown } | undefined;
      if (typeof user?.email !== "string") {
        throw new Exit(
          `The response of ${this.domain} is not an account of ArchFX Cloud: check the address`,
          1,
        );
      }
      logger.info("Using token for {email}", { email: user.email });
      return true;
    } catch (error) {
      // 4xx: the cloud rejects the token. Any other error is not a reason to ask for a password.
      const status = (error as { status?: number }).status;
      if (status === undefined || status < 400 || status >= 500) throw error;
      logger.debug("{error}", { error: String(error) });
      logger.info("Token is illegal or has expired");
      return false;
    }
  }
}

/** Turns the error of a value that cannot be used into one of wrong usage. */
function usage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof RangeError ? new ArgumentError(error.message) : error;
  }
}

function programName(): string {
  return process.argv[1]?.split(/[\\/]/).at(-1) ?? "script";
}
