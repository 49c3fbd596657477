/**
 * Makes CommonJS from ES modules by changing only imports and exports: both halves of the package are compressed
 * together, and equal text costs almost nothing.
 *
 * An imported name is read once, when the module is loaded. Later changes by another module, and import cycles,
 * would not work: both are errors here.
 *
 * @module
 */
import { parse } from "es-module-lexer";

/** The exports of a joined file; rollup writes them as its last line. */
const OWN_EXPORTS = /(?<=^|\n)export \{ (.+) \};\n$/;

/** Converts `{ a as b }` to an object pattern for an import, or to an object for an export. */
function pattern(items: string, isExport = false): string {
  const parts = items.split(", ").map((item) => {
    const [name, as] = item.split(" as ");
    if (as === undefined) return name;
    return isExport ? `${as}: ${name}` : `${name}: ${as}`;
  });
  return `{ ${parts.join(", ")} }`;
}

/** One statement of imports or re-exports. */
function statement(path: string, text: string): string {
  const match = /^(import|export) (?:(.+) from )?["']([^"']+)["'];?$/.exec(text);
  if (!match) throw new Error(`Cannot make CommonJS of "${text}" in ${path}`);
  const [, kind, what, from] = match;
  const loaded = `require('${from}')`;
  if (what === undefined) return `${loaded};`;
  const items = /^\{ (.+) \}$/.exec(what)?.[1];
  if (kind === "export") {
    if (items === undefined) return `Object.assign(exports, ${loaded});`;
    return items.split(", ").map((item) => {
      const [name, as = name] = item.split(" as ");
      return `exports.${as} = ${loaded}.${name};`;
    }).join("\n");
  }
  if (items !== undefined) return `const ${pattern(items)} = ${loaded};`;
  // Only for built-in modules: for a package, `default` depends on how it was built.
  const name = /^(?:\* as )?(\w+)$/.exec(what)?.[1];
  if (name === undefined || !from.startsWith("node:")) {
    throw new Error(`Cannot make CommonJS of "${text}" in ${path}: import names instead`);
  }
  return `const ${name} = ${loaded};`;
}

/**
 * A module in CommonJS.
 *
 * @param path Its path, for errors.
 * @param code An ES module from rollup.
 * @throws {Error} If the result would behave differently.
 */
export function toCommonJs(path: string, code: string): string {
  let text = "";
  let from = 0;
  for (const { n, ss, se, d } of parse(code)[0]) {
    if (n === undefined) {
      throw new Error(`Cannot make CommonJS of ${path}: it has a computed import`);
    }
    const old = code.slice(ss, se);
    // Packages keep `import()`, which can also load ES modules.
    if (d >= 0 && !/^(?:\.|node:)/.test(n)) continue;
    text += code.slice(from, ss);
    text += d >= 0
      ? `Promise.resolve().then(() => require(${old.slice(old.indexOf("(") + 1)})`
      : statement(path, old);
    from = se;
    if (d < 0 && code[from] === ";") from++;
  }
  text += code.slice(from);
  const exported = OWN_EXPORTS.exec(text)?.[1];
  const names = exported?.split(", ").map((item) => item.split(" as ")) ?? [];
  for (const [name] of names) {
    // If a file has two classes with the same name, one is a `let`, so that it can keep its name.
    const changing = `^(?:let|var) (?:.*, )?${name.replaceAll("$", "\\$")}(?![\\w$]| = class )`;
    if (new RegExp(changing, "m").test(text)) {
      throw new Error(`Cannot make CommonJS of ${path}: "${name}" is exported and may change`);
    }
  }
  const passesOn = /^(?:exports\.|Object\.assign\(exports)/m.test(text);
  text = text.replace(OWN_EXPORTS, (_, items) => {
    const own = pattern(items, true);
    return passesOn ? `Object.assign(exports, ${own});\n` : `module.exports = ${own};\n`;
  });
  if (/^(?:const|let|var|class|function) (?:exports|require|module)\b/m.test(text)) {
    throw new Error(`Cannot make CommonJS of ${path}: it has a name that CommonJS needs`);
  }
  // For the default imports of compilers; the other files are never imported by users.
  const mark = exported === undefined
    ? `Object.defineProperty(exports, "__esModule", { value: true });\n`
    : "";
  return `"use strict";\n${mark}${text}`;
}
