/**
 * BaseMain, the frame of a script: arguments, login, the work, logout.
 *
 * @module
 */
import { configure, getLogger } from "@logtape/logtape";
import process from "node:process";
import { inspectable } from "../_inspect.ts";
import { Api } from "../api/mod.ts";
import { ArgumentError, ArgumentParser, type Arguments } from "./argument_parser.ts";
import { type IniTokens, readIniTokens, replaceIniTokens } from "./_ini_file.ts";
import { formatLogLine } from "./_log_line.ts";
import { canPrompt, promptHidden } from "./_prompt.ts";

const logger = getLogger(["archfx", "main"]);

/** How a script is set up. */
export interface BaseMainOptions {
  /** The file with tokens. @default {".ini"} */
  configPath?: string;
  /** The arguments. @default {those of the process} */
  argv?: readonly string[];
}

/** The script cannot go on: its message is logged, its code is the exit code. */
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
 * `addExtraArgs`, `configLogging`, `getDomain`, `beforeLogin`, `login`, `afterLogin`, `logout`,
 * `afterLogout`.
 *
 * A token in the section `c-<customer>` of the `.ini` file (`token`, or `jwt_access` and
 * `jwt_refresh`) saves the login; a pair that rotates is written back. Otherwise the password is
 * asked for on the terminal. It is never an argument.
 *
 * Exit codes: 0 done, 1 the work failed, 2 wrong usage, 3 not logged in, 130 interrupted.
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
  /** The client, once `main` has made it. */
  // Assigned in main() before any step that may use it.
  api!: Api;
  /** The address of the cloud, once `getDomain` has said it. */
  domain = "https://arch.archfx.io";
  /** The lowest level that is logged. @default {"info"} */
  loggingLevel: "trace" | "debug" | "info" | "warning" | "error" | "fatal" = "info";
  /** Addresses by `--server`; `{customer}` stands for `--customer`. No address of a stage is known. */
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

  /**
   * Declares `--user`, `--server` and `--customer`. Nothing is read before `main`.
   *
   * @param options Where the tokens stand, and the arguments.
   */
  constructor(options: BaseMainOptions = {}) {
    this.#configPath = options.configPath ?? ".ini";
    this.#argv = options.argv;
    this.signal = this.#interrupt.signal;
    this.parser = new ArgumentParser({ program: programName() });
    this.parser
      .addArgument("--user", { short: "u", dest: "email", help: "Email used for login" })
      .addArgument("--server", {
        choices: ["prod", "stage", "dev"],
        default: "prod",
        help: "Type of server",
      })
      .addArgument("--customer", { default: "arch", help: "Customer slug: arch, acme" });
  }

  /**
   * Runs the steps.
   *
   * @returns The exit code, which becomes the one of the process too.
   * @throws What `afterLogin` or another overridden step throws, after logging out.
   */
  async main(): Promise<number> {
    let code = 0;
    try {
      code = await this.#steps();
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
      logger.error("{message}", { message: error.message });
      code = error.code;
    }
    process.exitCode = code;
    return code;
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
   * The address of the cloud, from `--server` and `--customer`.
   *
   * @returns The address, without a path.
   */
  getDomain(): string | Promise<string> {
    const { server, customer } = this.args;
    if (!/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/.test(customer)) {
      throw new ArgumentError(
        `Cannot take "${customer}" as --customer: it must be a slug of letters, digits and hyphens`,
      );
    }
    const domain = this.domains[server as keyof typeof this.domains];
    if (domain === undefined) {
      throw new ArgumentError(
        `Cannot take "${server}" as --server: its address is not known, set domains.${server}`,
      );
    }
    return domain.replaceAll("{customer}", customer);
  }

  /** Runs before the login: a good place for more checks of the arguments. */
  beforeLogin(): void | Promise<void> {}

  /**
   * Logs in: with the token of the `.ini` file where it still works, else with `--user` and a
   * password from the terminal.
   *
   * @returns Whether the cloud took it.
   */
  login(): boolean | Promise<boolean> {
    return this.#login();
  }

  /** The work: override it. */
  afterLogin(): void | Promise<void> {
    logger.warning("No actual work done");
  }

  /** Logs out; also where `afterLogin` threw or the user pressed Ctrl-C. */
  logout(): void | Promise<void> {
    return this.api.logout();
  }

  /** Runs after the logout, where the work was done. */
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
      this.domain = await this.getDomain();
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error;
      process.stderr.write(`${this.parser.usage()}\n${this.parser.program}: ${error.message}\n`);
      return 2;
    }
    this.#iniTokens = await this.#readTokens();
    this.api = new Api(this.domain, { onTokens: (tokens) => this.#keepRotated(tokens) });
    await this.beforeLogin();
    if (!(await this.login())) return 3;
    const finished = await this.#work();
    if (!finished) {
      logger.warning("Interrupted, logged out");
      // What afterLogin left running must not keep the process.
      process.exit(130);
    }
    await this.afterLogout();
    return 0;
  }

  /** Runs afterLogin, then logout whatever happened; false where it was interrupted. */
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

  async #readTokens(): Promise<IniTokens> {
    try {
      return await readIniTokens(this.#configPath, this.args.customer);
    } catch (error) {
      throw new Exit((error as Error).message, 1, { cause: error });
    }
  }

  async #login(): Promise<boolean> {
    if (await this.#loginWithToken()) return true;
    const { email } = this.args;
    if (!email) throw new Exit("User email is required: --user", 2);
    if (!canPrompt()) {
      throw new Exit("Cannot ask for the password as there is no terminal", 3);
    }
    const password = await promptHidden("Password: ");
    if (password === undefined) throw new Exit("interrupted", 130);
    const ok = await this.api.login({ email, password });
    if (ok) logger.info("Welcome {email}", { email });
    else logger.error("The cloud does not take this user and password");
    return ok;
  }

  async #loginWithToken(): Promise<boolean> {
    const { apiKey, token, jwtAccess, jwtRefresh } = this.#iniTokens;
    if (apiKey !== undefined) this.api.setToken(apiKey, "Api-Key");
    else if (token !== undefined) this.api.setToken({ token }, "token");
    else if (jwtAccess !== undefined && jwtRefresh !== undefined) {
      this.api.setToken({ access: jwtAccess, refresh: jwtRefresh }, "jwt");
    } else if (jwtAccess !== undefined) this.api.setToken(jwtAccess, "jwt");
    else return false;
    try {
      const user = await this.api.auth("user-info").get() as { email: string };
      logger.info("Using token for {email}", { email: user.email });
      return true;
    } catch (error) {
      // 4xx: the cloud does not take the token. Anything else is no reason to ask for a password.
      const status = (error as { status?: number }).status;
      if (status === undefined || status < 400 || status >= 500) throw error;
      logger.debug("{error}", { error: String(error) });
      logger.info("Token is illegal or has expired");
      this.#iniTokens = {};
      return false;
    }
  }

  async #keepRotated(tokens: { access: string; refresh?: string }): Promise<void> {
    if (this.#iniTokens.jwtRefresh === undefined || tokens.refresh === undefined) return;
    try {
      await replaceIniTokens(this.#configPath, this.args.customer, {
        access: tokens.access,
        refresh: tokens.refresh,
      });
    } catch (error) {
      logger.warning('Cannot keep the new token in "{path}": {reason}', {
        path: this.#configPath,
        reason: (error as Error).message,
      });
    }
  }
}

function programName(): string {
  return process.argv[1]?.split(/[\\/]/).at(-1) ?? "script";
}
