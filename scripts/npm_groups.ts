/**
 * Which modules of the npm package stand in one file: those of one folder that are always loaded together.
 * Node takes half a millisecond for every file of an import. What a program or a bundler leaves out
 * today, it can still leave out, since such modules are used by the same exports. Small ones may join others.
 *
 * @module
 */
import { init, parse } from "es-module-lexer";
import { pathOf } from "./npm_imports.ts";
import { joinSmallFiles } from "./npm_small_files.ts";

await init;

/** A module of the package: what it imports, by path in the package. */
export interface Module {
  readonly code: string;
  /** Loaded with it. */
  readonly imports: readonly string[];
  /** Modules of Node and of packages that are loaded with it. */
  readonly foreign: readonly string[];
  /** Loaded when the program gets there. */
  readonly deferred: readonly string[];
  /** Whether it only passes on what other modules of the package export. */
  readonly isList: boolean;
}

/** What a module imports. */
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

/** The modules that a module loads with it, and itself, those that are imported first. */
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

/** Entry points that are lists, and the lists that these pass on. */
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

/** Whatever a program can begin with, in order: an export, or what is loaded later. */
function startsOf(modules: ReadonlyMap<string, Module>, entries: readonly string[]): string[] {
  const lists = listsOf(modules, entries);
  const starts = new Set([
    ...entries,
    ...[...lists].flatMap((path) => modules.get(path)!.imports),
    ...[...modules.values()].flatMap(({ deferred }) => deferred),
  ]);
  return [...starts.difference(lists)].sort();
}

/** `src/api` for everything in it: the import rules allow no circles of such folders. */
function folderOf(path: string): string {
  return path.split("/").slice(0, -1).slice(0, 2).join("/");
}

/**
 * The longest file that is made of several modules: gzip finds the same text in the other half of the package
 * if it begins at most 32 kB before.
 */
const LONGEST = 30_000;

/** A group in pieces that are short enough; a module in one piece imports none in a later one. */
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
 * The file for each module. A file has the name of the module that imports the others in it.
 *
 * @param modules All modules of the package, by path.
 * @param entries Those that are entry points.
 * @param isAlone Whether a module must have a file of its own.
 * @returns Paths of files by paths of modules; lists are not in it.
 */
export function groupModules(
  modules: ReadonlyMap<string, Module>,
  entries: readonly string[],
  isAlone: (path: string) => boolean,
): Map<string, string> {
  const starts = startsOf(modules, entries);
  const users = new Map<string, string[]>(); // in an order that has each module before those that import it
  for (const start of starts) {
    for (const path of loadedWith(start, modules)) {
      users.set(path, [...users.get(path) ?? [], start]);
    }
  }
  // Modules with the same users cannot import one another in a circle through another file: whatever a
  // module imports has its users too.
  const groups = Map.groupBy(
    users.keys(),
    (path) => isAlone(path) ? path : [folderOf(path), ...users.get(path)!].join("\n"),
  );
  // What comes from elsewhere may be missing, or large: it is never loaded earlier.
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
