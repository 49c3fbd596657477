/**
 * Finds and rewrites the module specifiers of emitted JavaScript and declarations.
 *
 * @module
 */
import { init, parse } from "es-module-lexer";
import * as esbuild from "esbuild";

await init;

/** One specifier in a module's text. */
export interface Specifier {
  readonly text: string;
  /** The position of the text, without its quotes. */
  readonly start: number;
  readonly end: number;
}

/** The specifiers of a JavaScript module that are literals, including dynamic imports. */
function inJavaScript(source: string): Specifier[] {
  const [imports] = parse(source);
  return imports.flatMap(({ n, s, e, d }) => {
    if (n === undefined || d === -2) return []; // computed, or import.meta
    // The range of a dynamic import includes the quotes.
    return [d >= 0 ? { text: n, start: s + 1, end: e - 1 } : { text: n, start: s, end: e }];
  });
}

/**
 * The specifiers of a declaration file. A statement starts a line or follows the end of a comment, and lines of
 * comments start with an asterisk, so an example in a comment is never treated as an import.
 */
function inDeclarations(source: string): Specifier[] {
  const found: Specifier[] = [];
  for (
    const pattern of [
      // Not beyond the start of a comment: a class without members has none of the excluded characters.
      /(?:^|\*\/ )(?:import|export)\b(?:(?:(?!\/\*)[^"';()=])*?\bfrom)?\s*["']([^"'\n]+)["']/gmd,
      /\bimport\("([^"\n]+)"\)/gd,
      /^\s*declare module "([^"\n]+)"/gmd,
    ]
  ) {
    for (const match of source.matchAll(pattern)) {
      const [start, end] = match.indices![1]!;
      found.push({ text: match[1], start, end });
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

/** The specifiers of a module, in order; `path` says whether it is a declaration file. */
export function specifiers(path: string, source: string): Specifier[] {
  return path.endsWith(".d.ts") ? inDeclarations(source) : inJavaScript(source);
}

/** The path of a relative specifier in `from`. */
export function pathOf(specifier: string, from: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

/** The relative specifier for `path` in `from`. */
export function relative(path: string, from: string): string {
  const to = path.split("/");
  const folders = from.split("/").slice(0, -1);
  let same = 0;
  while (same < folders.length && folders[same] === to[same]) same++;
  return ("../".repeat(folders.length - same) || "./") + to.slice(same).join("/");
}

/** The text with each specifier replaced by the result of `to`. */
export function rewrite(path: string, source: string, to: (specifier: string) => string): string {
  let text = "";
  let from = 0;
  for (const { text: specifier, start, end } of specifiers(path, source)) {
    text += source.slice(from, start) + to(specifier);
    from = end;
  }
  return text + source.slice(from);
}

/**
 * Imports that the sources hide from Deno with a type assertion (`import("npm:mqtt@5.16.0" as string)`), so that
 * it does not download them too early, and their compiled form. Their specifiers are still those of the sources.
 */
const DEFERRED =
  /(\b(?:import|require)\(\s*|\$\{\s*)(["'`])(npm:(?:@[\w-]+\/)?[\w-]+@[\d.]+|\.[\w./-]+\.ts)\2( as string)?/g;

/** Converts a specifier of the sources for the package. */
function deferredTarget(specifier: string): string {
  return specifier.startsWith(".")
    ? specifier.replace(/\.ts$/, ".js")
    : specifier.replace(/^npm:(.[^@]*)@[\d.]+$/, "$1");
}

/** The text, in TypeScript or JavaScript, with hidden imports converted for the package. */
export function withDeferred(text: string): string {
  return text.replace(
    DEFERRED,
    (_, lead, quote, specifier) => lead + quote + deferredTarget(specifier) + quote,
  );
}

/** The npm package of a bare specifier, or undefined for a path, a URL or a built-in module. */
export function packageOf(specifier: string): string | undefined {
  if (/^[./]|^[a-z]+:/.test(specifier)) return undefined;
  return specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

/** A module without its comments, which are already in the declarations. */
export async function withoutComments(code: string): Promise<string> {
  const options = { loader: "js", target: "esnext", legalComments: "none" } as const;
  // esbuild removes comments in classes only together with white space; the second pass formats the code again.
  const bare = await esbuild.transform(code, { ...options, minifyWhitespace: true });
  return (await esbuild.transform(bare.code, options)).code;
}
