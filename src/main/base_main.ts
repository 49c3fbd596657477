/**
 * BaseMain, the frame of a script: arguments, login, the work, logout.
 *
 * @module
 */
import { configure, getLogger } from "@logtape/logtape";
import process from "node:process";
import { errorStatus } from "../_error_fields.ts";
import { inspectable } from "../_inspect.ts";
import type { Api, ApiOptions } from "../api/mod.ts";
import { cloudAddress, isCustomer } from "../_cloud_address.ts";
import { messageOf } from "../_error_text.ts";
import { printable } from "../_printable.ts";
import { ArgumentError, ArgumentParser, type Arguments } from "./argument_parser.ts";
import { formatLogLine } from "../_log_line.ts";
import { Exit, ScriptLogin } from "./_script_login.ts";
import { asUsageError } from "./usage_error.ts";

const logger = getLogger(["archfx", "main"]);

/** The options of a script. */
export interface BaseMainOptions {
  /** The file with tokens. @default {".ini"} */
  configPath?: string;
  /** The arguments. @default {those of the process} */
  argv?: readonly string[];
}

/**
 * The frame of a script: it reads arguments, logs in, lets `afterLogin` do the work, and always logs
 * out. Each step is a method to override, sync or async:
 *
 * `addExtraArgs`, `configLogging`, `getDomain`, `apiOptions`, `beforeLogin`, `login`, `afterLogin`,
 * `logout`, `afterLogout`.
 *
 * The login comes from the first of these that exists: `ARCHFX_TOKEN` or `ARCHFX_API_KEY`; the section
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
  readonly #argv: readonly string[] | undefined;
  readonly #login: ScriptLogin;
  #loggingConfigured = false;

  /**
   * Declares `--user`, `--server`, `--customer` and `--save-login`. Nothing is read before `main`.
   *
   * @param options The file of the tokens, and the arguments.
   */
  constructor(options: BaseMainOptions = {}) {
    const { configPath = ".ini" } = options;
    this.#login = new ScriptLogin(configPath);
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
        help: `Store the tokens of this login in ${configPath} for the next runs`,
      });
  }

  /**
   * Runs the steps. An error in a step is logged as one line, with its stack trace if `loggingLevel` is
   * `debug` or `trace`; after `afterLogin` has begun, the script logs out first.
   *
   * @returns The exit code, which is also set for the process.
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
    // For bugs in a program, the name of the class is useful.
    const isMistake = error instanceof Error &&
      /^(?:Type|Range|Reference|Syntax)Error$/.test(error.name);
    const message = `${isMistake ? `${error.name}: ` : ""}${messageOf(error)}`;
    // Before configLogging, or if the logging writes nothing, the error would be lost.
    if (this.#loggingConfigured) logger.error("{message}", { message });
    else process.stderr.write(`${this.parser.program}: ${message}\n`);
    if (!(error instanceof Exit) && ["debug", "trace"].includes(this.loggingLevel)) {
      const lines = (error instanceof Error ? error.stack ?? "" : "").split("\n");
      process.stderr.write(lines.map((line) => `${printable(line)}\n`).join(""));
    }
    if (error instanceof Exit) return error.code;
    if (error instanceof ArgumentError) return 2;
    return errorStatus(error) === 401 ? 3 : 1;
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
        `Cannot use "${customer}" as --customer: it must be a slug of letters, digits and hyphens`,
      );
    }
    const address = process.env.ARCHFX_DOMAIN;
    if (address && !this.#given("--server") && !this.#given("--customer")) {
      // The client's options decide whether http may be used; it is checked there.
      return asUsageError(() => cloudAddress(address, "ARCHFX_DOMAIN", true));
    }
    const domain = new Map<string, string>(Object.entries(this.domains)).get(server);
    if (domain === undefined) {
      throw new ArgumentError(
        `Cannot use "${server}" as --server: its address is not known, set domains.${server}`,
      );
    }
    return domain.replaceAll("{customer}", customer);
  }

  /**
   * Options of the client: timeouts, certificates, the user agent.
   *
   * @returns The options; empty by default.
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
    return this.#login.run(this);
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

  /** The program, the address and the level of the log; arguments are left out, since they may be secret. */
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
    await this.#login.read(this);
    this.api = this.#login.createApi(this, await this.apiOptions());
    await this.beforeLogin();
    if (!(await this.login())) return 3;
    const finished = await this.#work();
    if (!finished) {
      logger.warning("Interrupted, logged out");
      // Work that afterLogin left running must not keep the process alive.
      process.exit(130);
    }
    await this.afterLogout();
    return 0;
  }

  /** Runs afterLogin, and logout in any case; false if it was interrupted. */
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
      // The failure of the work is more important than that of the logout.
      if (!("error" in outcome)) throw error;
      logger.warning("Cannot log out: {reason}", { reason: String(error) });
    } finally {
      process.off("SIGINT", onInterrupt);
      process.off("SIGTERM", onInterrupt);
    }
    // An error after the signal was aborted is caused by the abort.
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
}

function programName(): string {
  return process.argv[1]?.split(/[\\/]/).at(-1) ?? "script";
}
