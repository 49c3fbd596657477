/**
 * The imports of every module in `src/`, types included.
 *
 * @module
 */
const root = new URL("../../", import.meta.url);

/** One import. */
export interface Import {
  /** The importing module, from the project's folder. */
  readonly from: string;
  /** The imported module, or the specifier of one that is not in the project. */
  readonly to: string;
  readonly kind: "static" | "dynamic" | "type";
  /** The text between the braces of a static import. */
  readonly names: readonly string[];
}

/** Comments and template texts are not code, but may look like it. */
const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
const STATEMENT = /^[ \t]*(?:import|export)\s+(type\s+)?(?:([^"';()]*?)\s*from\s*)?"([^"\n]+)"/gm;
const CALL = /(\btypeof\s+)?\bimport\(\s*"([^"\n]+)"/g;

/** The names of an import clause, and whether all of them are types. */
function clause(text: string): { names: string[]; onlyTypes: boolean } {
  const braces = /\{([\s\S]*)\}/.exec(text)?.[1];
  const parts = braces?.split(",").map((part) => part.trim()).filter((part) => part !== "") ?? [];
  const onlyTypes = parts.length > 0 && parts.every((part) => part.startsWith("type ")) &&
    text.trim().startsWith("{");
  return { names: parts.map((part) => part.replace(/^type\s+|\s+as\s.*$/g, "")), onlyTypes };
}

/** The imports of one module's text. */
export function importsOf(from: string, source: string): Import[] {
  const code = source.replace(COMMENT, "");
  const target = (specifier: string): string =>
    specifier.startsWith(".") ? new URL(specifier, `file:///${from}`).pathname.slice(1) : specifier;
  const found: Import[] = [];
  for (const [, type, text = "", specifier] of code.matchAll(STATEMENT)) {
    const { names, onlyTypes } = clause(text);
    const kind = type !== undefined || onlyTypes ? "type" : "static";
    found.push({ from, to: target(specifier!), kind, names });
  }
  for (const match of code.matchAll(CALL)) {
    // `import("x").Y` in a type has no await; it is recognised by the name after it.
    const isType = match[1] !== undefined ||
      /^\)\s*\.[A-Z]/.test(code.slice(match.index + match[0].length));
    found.push({ from, to: target(match[2]!), kind: isType ? "type" : "dynamic", names: [] });
  }
  return found;
}

/** Every import in `src/` and `mod.ts`. */
export async function allImports(): Promise<Import[]> {
  const found: Import[] = [];
  const walk = async (folder: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
      if (isDirectory) await walk(`${folder}${name}/`);
      else if (/\.ts$/.test(name) && !/^(?:_worker_code|wasm_bytes|assets)\.ts$/.test(name)) {
        const text = await Deno.readTextFile(new URL(folder + name, root));
        found.push(...importsOf(folder + name, text));
      }
    }
  };
  await walk("src/");
  return found;
}

/** Groups of modules that import each other, each as a sorted list. */
export function cycles(imports: readonly Import[]): string[][] {
  const edges = new Map<string, string[]>();
  for (const { from, to } of imports) edges.set(from, [...edges.get(from) ?? [], to]);
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): void => {
    index.set(node, index.size);
    low.set(node, index.get(node)!);
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!index.has(next)) {
        visit(next);
        low.set(node, Math.min(low.get(node)!, low.get(next)!));
      } else if (stack.includes(next)) {
        low.set(node, Math.min(low.get(node)!, index.get(next)!));
      }
    }
    if (low.get(node) !== index.get(node)) return;
    const group = stack.splice(stack.indexOf(node));
    if (group.length > 1 || edges.get(node)?.includes(node)) found.push(group.sort());
  };
  for (const node of edges.keys()) if (!index.has(node)) visit(node);
  return found;
}
