/**
 * Checks that every exported class, function and constant has an `@example`, and every entry point a
 * module page with one. `tests/docs/examples_test.ts` runs the examples.
 *
 *     deno task doc:examples
 *
 * @module
 */

interface Documented {
  readonly doc?: string;
  readonly tags?: readonly { readonly kind: string }[];
}

interface Declaration {
  readonly kind: string;
  readonly jsDoc?: Documented;
  readonly location: { readonly filename: string; readonly line: number };
}

interface Page {
  readonly module_doc?: Documented;
  readonly symbols: readonly { readonly name: string; readonly declarations: Declaration[] }[];
}

const root = new URL("..", import.meta.url);
const { exports: entryPoints } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
  args: ["doc", "--json", ...Object.values<string>(entryPoints)],
  cwd: root,
}).output();
const text = new TextDecoder();
if (!success) {
  console.error(text.decode(stderr));
  Deno.exit(1);
}

const pages: Record<string, Page> = JSON.parse(text.decode(stdout)).nodes;
const missing = new Set<string>();
const shown = new Set<string>();
for (const [url, { module_doc, symbols }] of Object.entries(pages)) {
  const page = url.slice(root.href.length);
  if (!module_doc?.tags?.some((tag) => tag.kind === "example")) {
    missing.add(`${page}: the entry point has no module page with an example`);
  }
  for (const { name, declarations } of symbols) {
    for (const { kind, jsDoc, location } of declarations) {
      if (!["class", "function", "variable"].includes(kind)) continue;
      const place = `${location.filename.slice(root.href.length)}: ${name}`;
      if (jsDoc?.tags?.some((tag) => tag.kind === "example")) shown.add(place);
      else missing.add(`${place} has no example`);
    }
  }
}
for (const line of missing) console.error(line);
console.log(
  `${shown.size} exported classes, functions and constants have an example, ${missing.size} have none`,
);
Deno.exitCode = missing.size === 0 ? 0 : 1;
