/** The TypeScript snippets of a page, and how one is run as a program of its own. */
import { DENO_RUN } from "../_deno_run.ts";

const root = new URL("../../", import.meta.url);

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

/**
 * Runs a snippet in `folder` against the cloud at `url`.
 *
 * @returns What it printed on standard output.
 * @throws {Error} With its standard error, if it failed.
 */
export async function run(snippet: Snippet, folder: string, url: string): Promise<string> {
  const file = `${folder}/snippet.ts`;
  await Deno.writeTextFile(file, snippet.code.replaceAll("https://arch.archfx.io", url));
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...DENO_RUN, "--config", new URL("deno.json", root).pathname, file],
    cwd: folder,
    env: { NO_COLOR: "1", XDG_CONFIG_HOME: folder },
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  if (!success) {
    throw new Error(`${snippet.page}:${snippet.line} failed: ${text.decode(stderr)}`);
  }
  return text.decode(stdout);
}
