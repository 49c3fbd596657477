/**
 * A script with BaseMain: arguments, login, the work, logout.
 *
 *     deno run -A examples/my_script.ts acme --user user@example.com
 *
 * @module
 */
import { BaseMain } from "@archfx/cloud/main";
import { getLogger } from "@logtape/logtape";
import process from "node:process";

const logger = getLogger(["my-script"]);

class MyScript extends BaseMain {
  override addExtraArgs(): void {
    // An extra positional argument, as an example.
    this.parser.addArgument("org", { help: "Slug of the organization" });
  }

  override getDomain(): string | Promise<string> {
    // A different cloud than that of --server and --customer, such as the emulator.
    return process.env.ARCHFX_DOMAIN ?? super.getDomain();
  }

  override beforeLogin(): void {
    logger.info("-----------");
  }

  /** The real work: counts the lines of each site of the organization. */
  override async afterLogin(): Promise<void> {
    for await (const site of this.api.site.list({ org: this.args.org })) {
      const lines = await this.api.line.all({ site: site.slug });
      logger.info("{site}: {count} lines", { site: site.name, count: lines.length });
    }
  }

  override async login(): Promise<boolean> {
    // An extra message that welcomes the user.
    const ok = await super.login();
    if (ok) logger.info("Logged in to {domain}", { domain: this.domain });
    return ok;
  }

  override async logout(): Promise<void> {
    // An extra message that says goodbye.
    await super.logout();
    logger.info("Goodbye!");
  }
}

await new MyScript().main();
