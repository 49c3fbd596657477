/** Finds and runs the TypeScript snippets of a page. */
import { DENO_RUN } from "../_deno_run.ts";
import { DONE } from "./_run_snippets.ts";

const root = new URL("../../", import.meta.url);
const PROGRAM = new URL("./_run_snippets.ts", import.meta.url).pathname;

/** One fenced block of a page. */
export interface Snippet {
  page: string;
  line: number;
  code: string;
}

/** The pages whose snippets are run. */
export async function pages(): Promise<string[]> {
  const found = ["README.md"];
  for await (const entry of Deno.readDir(new URL("docs/", root))) {
    if (entry.name.endsWith(".md")) found.push(`docs/${entry.name}`);
  }
  return found.sort();
}

/** All blocks fenced as exactly `ts`; those fenced as `ts ignore` cannot run alone. */
export async function snippets(page: string): Promise<Snippet[]> {
  const found: Snippet[] = [];
  let open: Snippet | undefined;
  const lines = (await Deno.readTextFile(new URL(page, root))).split("\n");
  for (const [index, line] of lines.entries()) {
    if (open && line === "```") {
      found.push(open);
      open = undefined;
    } else if (open) {
      open.code += line + "\n";
    } else if (line === "```ts") {
      open = { page, line: index + 1, code: "" };
    }
  }
  return found;
}

/** Runs the snippets of a page one after another, each as a separate module, in one process. */
export class SnippetRunner implements AsyncDisposable {
  readonly #folder: string;
  readonly #url: string;
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #errors: Promise<string>;
  readonly #answers: AsyncIterator<string>;
  #failed = false;

  /**
   * @param folder The working folder of the snippets.
   * @param url The cloud that they are sent to.
   */
  constructor(folder: string, url: string) {
    this.#folder = folder;
    this.#url = url;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [...DENO_RUN, "--config", new URL("deno.json", root).pathname, PROGRAM],
      cwd: folder,
      env: { NO_COLOR: "1", XDG_CONFIG_HOME: folder },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#errors = new Response(this.#child.stderr).text();
    this.#answers = this.#child.stdout.pipeThrough(new TextDecoderStream()).values();
  }

  /**
   * Runs a snippet.
   *
   * @throws {Error} With the standard error of the process, if the snippet failed.
   */
  async run(snippet: Snippet): Promise<void> {
    const file = `${this.#folder}/snippet-${snippet.line}.ts`;
    await Deno.writeTextFile(file, snippet.code.replaceAll("https://arch.archfx.io", this.#url));
    await this.#writer.write(new TextEncoder().encode(`${file}\n`));
    let out = "";
    while (!out.endsWith(DONE)) {
      const { done, value } = await this.#answers.next();
      if (done) {
        this.#failed = true;
        throw new Error(`${snippet.page}:${snippet.line} failed: ${await this.#errors}${out}`);
      }
      out += value;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {/* It has ended after a failure. */});
    const { success } = await this.#child.status;
    await this.#answers.return?.();
    const errors = await this.#errors;
    if (!success && !this.#failed) throw new Error(`A snippet failed after its end: ${errors}`);
  }
}
