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
  /** Where the text stands, without its quotes. */
  readonly start: number;
  readonly end: number;
}

/** The specifiers of a JavaScript module that are written as literals, dynamic imports included. */
function inJavaScript(source: string): Specifier[] {
  const [imports] = parse(source);
  return imports.flatMap(({ n, s, e, d }) => {
    if (n === undefined || d === -2) return []; // computed, or import.meta
    // The range of a dynamic import has the quotes in it.
    return [d >= 0 ? { text: n, start: s + 1, end: e - 1 } : { text: n, start: s, end: e }];
  });
}

/**
 * The specifiers of a declaration file. A statement begins a line or follows the end of a comment, and
 * a comment's lines begin with an asterisk, so an example in a comment is never taken for an import.
 */
function inDeclarations(source: string): Specifier[] {
  const found: Specifier[] = [];
  for (
    const pattern of [
      // Not across the beginning of a comment: a class without members has none of the excluded characters.
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

/** The path that a relative specifier in `from` names. */
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

/** The text with each specifier replaced by what `to` gives for it. */
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
 * Imports that the sources hide from Deno by a type assertion (`import("npm:mqtt@5.16.0" as string)`), so that it downloads
 * nothing before it is needed, and what they are compiled to. Their specifiers are still those of the sources.
 */
const DEFERRED =
  /(\b(?:import|require)\(\s*|\$\{\s*)(["'`])(npm:(?:@[\w-]+\/)?[\w-]+@[\d.]+|\.[\w./-]+\.ts)\2( as string)?/g;

/** A specifier of the sources as the package needs it. */
function deferredTarget(specifier: string): string {
  return specifier.startsWith(".")
    ? specifier.replace(/\.ts$/, ".js")
    : specifier.replace(/^npm:(.[^@]*)@[\d.]+$/, "$1");
}

/** The text, in TypeScript or JavaScript, with deferred imports as the package needs them. */
export function withDeferred(text: string): string {
  return text.replace(
    DEFERRED,
    (_, lead, quote, specifier) => lead + quote + deferredTarget(specifier) + quote,
  );
}

/** The npm package that a bare specifier names, or undefined for a path, a URL or a builtin. */
export function packageOf(specifier: string): string | undefined {
  if (/^[./]|^[a-z]+:/.test(specifier)) return undefined;
  return specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

/** A module without its comments, which are in the declarations, and would be here twice. */
export async function withoutComments(code: string): Promise<string> {
  const options = { loader: "js", target: "esnext", legalComments: "none" } as const;
  // Comments in classes stay unless white space goes too; the second pass lays the code out again.
  const bare = await esbuild.transform(code, { ...options, minifyWhitespace: true });
  return (await esbuild.transform(bare.code, options)).code;
}
