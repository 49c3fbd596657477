/**
 * Network namespaces for servers: each server has a separate network, joined by a bridge, and can be cut off from the
 * other servers, or from everything. This needs Linux, `ip` and the rights of root.
 */

const run = async (...args: string[]): Promise<string | undefined> => {
  try {
    const { success, stderr } = await new Deno.Command("ip", { args, stdout: "null" }).output();
    return success ? undefined : new TextDecoder().decode(stderr).trim();
  } catch (error) {
    return (error as Error).message;
  }
};

/** Namespaces that are removed in the end. */
export class Namespaces implements AsyncDisposable {
  readonly #id: string;
  readonly #net: string;
  /** The address of each. */
  readonly hosts: readonly string[];

  private constructor(id: string, net: string, count: number) {
    this.#id = id;
    this.#net = net;
    this.hosts = Array.from({ length: count }, (_, i) => `${net}.${i + 1}`);
  }

  /** Creates namespaces; or returns the reason why it cannot. */
  static async make(count: number): Promise<Namespaces | string> {
    const number = Deno.pid % 250;
    const made = new Namespaces(`arch${number}`, `10.231.${number}`, count);
    const problem = await made.#make();
    if (problem === undefined) return made;
    await made[Symbol.asyncDispose]();
    return `no network namespaces here (${problem}): they need Linux, ip and the rights of root`;
  }

  async #make(): Promise<string | undefined> {
    const bridge = `${this.#id}b`;
    const steps = [
      ["link", "add", bridge, "type", "bridge"],
      ["addr", "add", `${this.#net}.254/24`, "dev", bridge],
      ["link", "set", bridge, "up"],
    ];
    for (const [i, host] of this.hosts.entries()) {
      const [name, outside] = [this.#name(i), this.#outside(i)];
      steps.push(
        ["netns", "add", name],
        ["link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", name],
        ["link", "set", outside, "master", bridge, "up"],
        ["-n", name, "addr", "add", `${host}/24`, "dev", "eth0"],
        ["-n", name, "link", "set", "eth0", "up"],
        ["-n", name, "link", "set", "lo", "up"],
      );
    }
    for (const args of steps) {
      const problem = await run(...args);
      if (problem !== undefined) return problem;
    }
  }

  #name(i: number): string {
    return `${this.#id}n${i}`;
  }

  #outside(i: number): string {
    return `${this.#id}v${i}`;
  }

  /** The command that runs a program in each. */
  get wrap(): string[][] {
    return this.hosts.map((_, i) => ["ip", "netns", "exec", this.#name(i)]);
  }

  /** Cuts one off from everything. */
  async cut(i: number): Promise<void> {
    await this.#do("link", "set", this.#outside(i), "down");
  }

  /** Cuts one off from the other servers; gateways still reach it. */
  async cutFromOthers(i: number): Promise<void> {
    for (const [other, host] of this.hosts.entries()) {
      if (other !== i) {
        await this.#do("-n", this.#name(i), "route", "add", "blackhole", `${host}/32`);
      }
    }
  }

  /** Joins one again, however it was cut off. */
  async join(i: number): Promise<void> {
    await this.#do("link", "set", this.#outside(i), "up");
    for (const [other, host] of this.hosts.entries()) {
      if (other !== i) await run("-n", this.#name(i), "route", "del", "blackhole", `${host}/32`);
    }
  }

  async #do(...args: string[]): Promise<void> {
    const problem = await run(...args);
    if (problem !== undefined) throw new Error(`ip ${args.join(" ")}: ${problem}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (let i = 0; i < this.hosts.length; i++) {
      await run("link", "del", this.#outside(i));
      await run("netns", "del", this.#name(i));
    }
    await run("link", "del", `${this.#id}b`);
  }
}
