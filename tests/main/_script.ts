/** A script with BaseMain for the tests: prints each step, and fails or waits at a given step. */
import { BaseMain } from "@archfx/cloud/main";

class Script extends BaseMain {
  override loggingLevel = Deno.env.get("LEVEL") === "debug" ? "debug" as const : "info" as const;

  override domains = {
    prod: "https://{customer}.archfx.io",
    dev: Deno.env.get("EMULATOR") ?? "http://localhost",
  };

  override addExtraArgs(): void {
    this.parser.addArgument("task", { choices: ["work", "fail", "wait"], help: "What to do" });
  }

  override apiOptions() {
    return { userAgent: "script/7" };
  }

  override beforeLogin(): void {
    if (Deno.env.get("THROW")) throw new Error(Deno.env.get("THROW"));
    console.log("beforeLogin", this.domain);
  }

  override async login(): Promise<boolean> {
    const ok = await super.login();
    console.log("login", ok);
    return ok;
  }

  override async afterLogin(): Promise<void> {
    console.log("afterLogin", (await this.api.org.all()).length > 0);
    if (this.args.task === "fail") throw new RangeError("the work failed");
    if (this.args.task === "wait") await new Promise((resolve) => setTimeout(resolve, 30_000));
  }

  override async logout(): Promise<void> {
    await super.logout();
    console.log("logout");
  }

  override afterLogout(): void {
    console.log("afterLogout");
  }
}

await new Script({ configPath: Deno.env.get("INI") ?? "/nonexistent/.ini" }).main();
