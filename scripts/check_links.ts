/**
 * Checks the links in README.md, the other pages in the root, and `docs/`: missing files and missing headings.
 * Web addresses are counted, not visited.
 *
 *     deno task check:links
 *
 * @module
 */

/** A link in a page. */
export interface Link {
  readonly line: number;
  readonly target: string;
}

/** A broken link and its problem. */
export interface BrokenLink extends Link {
  readonly page: string;
  readonly why: string;
}

/** The lines of a page. Lines in code blocks become empty, so that line numbers stay correct. */
function prose(text: string): string[] {
  let fence: string | undefined;
  return text.split("\n").map((line) => {
    const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence)) fence = undefined;
      return "";
    }
    if (mark) {
      fence = mark;
      return "";
    }
    return line.replaceAll(/`[^`]*`/g, (code) => " ".repeat(code.length));
  });
}

/** The links of a page: `[text](target)`, images, `<img src>` and `[name]: target`. */
export function links(text: string): Link[] {
  const found: Link[] = [];
  prose(text).forEach((line, index) => {
    for (
      const pattern of [
        /\]\(\s*<?([^()\s>]+(?:\([^()\s]*\))?)>?(?:\s+"[^"]*")?\s*\)/g,
        /^\s*\[[^\]]+\]:\s+(\S+)/g,
        /\b(?:src|href|srcset)="([^"\s]+)"/g,
      ]
    ) {
      for (const match of line.matchAll(pattern)) {
        found.push({ line: index + 1, target: match[1]! });
      }
    }
  });
  return found;
}

/** The anchors of a page, generated from headings like GitHub does. */
export function anchors(text: string): Set<string> {
  const seen = new Map<string, number>();
  const result = new Set<string>();
  // Headings keep the text of code spans; only code blocks are left out.
  const blocks = prose(text);
  text.split("\n").forEach((line, index) => {
    const heading = /^#{1,6}\s+(.+?)\s*#*$/.exec(line);
    if (!heading || !blocks[index]!.startsWith("#")) return;
    const name = heading[1]!
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(/\s/g, "-");
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    result.add(count === 0 ? name : `${name}-${count}`);
  });
  for (const match of text.matchAll(/\b(?:id|name)="([^"]+)"/g)) result.add(match[1]!);
  return result;
}

/**
 * Checks pages.
 *
 * @param root The root folder of the paths.
 * @param pages The paths of the pages in it.
 * @returns The broken links, how many links were checked, and how many lead to the web.
 */
export async function checkLinks(
  root: URL,
  pages: readonly string[],
): Promise<{ broken: BrokenLink[]; checked: number; web: number }> {
  const broken: BrokenLink[] = [];
  let checked = 0;
  let web = 0;
  for (const page of pages) {
    const url = new URL(page, root);
    for (const link of links(await Deno.readTextFile(url))) {
      if (/^[a-z][a-z+.-]*:/i.test(link.target)) {
        web++;
        if (!URL.canParse(link.target)) {
          broken.push({ page, ...link, why: "is not a valid address" });
        }
        continue;
      }
      checked++;
      const target = new URL(link.target, url);
      const anchor = decodeURIComponent(target.hash.slice(1));
      target.hash = "";
      const why = await missing(root, target, anchor);
      if (why !== undefined) broken.push({ page, ...link, why });
    }
  }
  return { broken, checked, web };
}

async function missing(root: URL, target: URL, anchor: string): Promise<string | undefined> {
  if (!target.pathname.startsWith(root.pathname)) return "leads out of the repository";
  try {
    const { isFile } = await Deno.stat(target);
    if (anchor === "" || !isFile || !target.pathname.endsWith(".md")) return undefined;
    if (anchors(await Deno.readTextFile(target)).has(anchor)) return undefined;
    return `has no heading for #${anchor}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "does not exist";
    throw error;
  }
}

/** Every page in the root and in `docs/`. */
async function allPages(root: URL): Promise<string[]> {
  const pages: string[] = [];
  for (const folder of ["", "docs/"]) {
    for await (const { name, isFile } of Deno.readDir(new URL(`./${folder}`, root))) {
      if (isFile && name.endsWith(".md")) pages.push(folder + name);
    }
  }
  return pages.sort();
}

if (import.meta.main) {
  const root = new URL("..", import.meta.url);
  const pages = await allPages(root);
  const { broken, checked, web } = await checkLinks(root, pages);
  for (const { page, line, target, why } of broken) {
    console.error(`${page}:${line}: ${target} ${why}`);
  }
  console.log(
    `${pages.length} pages, ${checked} links checked, ${broken.length} broken, ${web} to the web not visited`,
  );
  Deno.exitCode = broken.length === 0 ? 0 : 1;
}
