/**
 * Decides which modules of the npm package are joined into one file: those of one folder that are always loaded
 * together. Node takes half a millisecond for every imported file. Programs and bundlers can still leave out the
 * same code, because such modules are used by the same exports. Small modules may also be joined.
 *
 * @module
 */
import { init, parse } from "es-module-lexer";
import { pathOf } from "./npm_imports.ts";
import { joinSmallFiles } from "./npm_small_files.ts";

await init;

/** A module of the package, with its imports as paths in the package. */
export interface Module {
  readonly code: string;
  /** Static imports. */
  readonly imports: readonly string[];
  /** Static imports of Node modules and npm packages. */
  readonly foreign: readonly string[];
  /** Dynamic imports. */
  readonly deferred: readonly string[];
  /** Whether it only re-exports names of other modules of the package. */
  readonly isList: boolean;
}

/** The imports of a module. */
export function readModule(path: string, code: string): Module {
  const imports: string[] = [];
  const foreign: string[] = [];
  const deferred: string[] = [];
  const [specifiers, , isFacade] = parse(code);
  for (const { n, d } of specifiers) {
    if (n?.startsWith(".")) (d >= 0 ? deferred : imports).push(pathOf(n, path));
    else if (n !== undefined && d === -1) foreign.push(n);
  }
  const isList = isFacade && imports.length === specifiers.length;
  return { code, imports, foreign, deferred, isList };
}

/** A module and everything that it loads statically, in import order. */
function loadedWith(path: string, modules: ReadonlyMap<string, Module>): Set<string> {
  const found = new Set<string>();
  const visit = (path: string) => {
    if (visited.has(path)) return;
    visited.add(path);
    modules.get(path)!.imports.forEach(visit);
    found.add(path);
  };
  const visited = new Set<string>();
  visit(path);
  return found;
}

/** Entry points that only re-export, and the lists that they re-export. */
export function listsOf(
  modules: ReadonlyMap<string, Module>,
  entries: readonly string[],
): Set<string> {
  const lists = new Set<string>();
  const visit = (path: string) => {
    const { isList, imports } = modules.get(path)!;
    if (!isList || lists.has(path)) return;
    lists.add(path);
    imports.forEach(visit);
  };
  entries.forEach(visit);
  return lists;
}

/** All starting points of programs, in order: exports and dynamic imports. */
function startsOf(modules: ReadonlyMap<string, Module>, entries: readonly string[]): string[] {
  const lists = listsOf(modules, entries);
  const starts = new Set([
    ...entries,
    ...[...lists].flatMap((path) => modules.get(path)!.imports),
    ...[...modules.values()].flatMap(({ deferred }) => deferred),
  ]);
  return [...starts.difference(lists)].sort();
}

/** `src/api` for everything in it; the import rules forbid cycles between such folders. */
function folderOf(path: string): string {
  return path.split("/").slice(0, -1).slice(0, 2).join("/");
}

/**
 * The longest file of several modules: gzip finds equal text in the other half of the package only within 32 kB.
 */
const LONGEST = 30_000;

/** Splits a group into pieces that are short enough. A module never imports a module in a later piece. */
function pieces(group: readonly string[], modules: ReadonlyMap<string, Module>): string[][] {
  const found: string[][] = [];
  let room = 0;
  for (const path of group) {
    const { length } = modules.get(path)!.code;
    if (length > room) {
      found.push([]);
      room = LONGEST;
    }
    found.at(-1)!.push(path);
    room -= length;
  }
  return found;
}

/**
 * The file for each module. A file is named after the module that imports its other modules.
 *
 * @param modules All modules of the package, by path.
 * @param entries The entry points.
 * @param isAlone Whether a module needs a separate file.
 * @returns Paths of files by paths of modules, without lists.
 */
export function groupModules(
  modules: ReadonlyMap<string, Module>,
  entries: readonly string[],
  isAlone: (path: string) => boolean,
): Map<string, string> {
  const starts = startsOf(modules, entries);
  const users = new Map<string, string[]>(); // each module is before those that import it
  for (const start of starts) {
    for (const path of loadedWith(start, modules)) {
      users.set(path, [...users.get(path) ?? [], start]);
    }
  }
  // Modules with the same users cannot form a cycle through another file, because the imports of a module also
  // have its users.
  const groups = Map.groupBy(
    users.keys(),
    (path) => isAlone(path) ? path : [folderOf(path), ...users.get(path)!].join("\n"),
  );
  // External modules may be missing or large, so they are never loaded earlier.
  const isOwn = (path: string) => !isAlone(path) && modules.get(path)!.foreign.length === 0;
  const mayJoin = (a: readonly string[], b: readonly string[]) =>
    folderOf(a[0]) === folderOf(b[0]) && [...a, ...b].every(isOwn);

  const fileOf = new Map<string, string>();
  const order = new Map(Array.from(users.keys(), (path, index) => [path, index]));
  for (const group of joinSmallFiles([...groups.values()], modules, starts, mayJoin)) {
    group.sort((a, b) => order.get(a)! - order.get(b)!);
    for (const piece of pieces(group, modules)) {
      for (const path of piece) fileOf.set(path, piece.at(-1)!);
    }
  }
  return fileOf;
}
