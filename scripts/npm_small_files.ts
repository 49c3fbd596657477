/**
 * Joins small files of the npm package with others of their folder, if programs load almost no additional code
 * because of it.
 *
 * @module
 */
import type { Module } from "./npm_groups.ts";

/** How many more characters a program may load because of this. */
const MOST_MORE = 3000;

/** Files as sets of modules. The files that each one loads are bits, one for each file. */
class FileGraph {
  readonly sizes: readonly number[];
  readonly #imports: readonly bigint[];
  readonly #loaded: (bigint | "now" | undefined)[] = [];
  readonly #fileOf: ReadonlyMap<string, number>;

  constructor(files: readonly (readonly string[])[], modules: ReadonlyMap<string, Module>) {
    const fileOf = new Map(files.flatMap((paths, file) => paths.map((path) => [path, file])));
    this.#fileOf = fileOf;
    this.sizes = files.map((paths) =>
      paths.reduce((sum, path) => sum + modules.get(path)!.code.length, 0)
    );
    this.#imports = files.map((paths, file) => {
      let bits = 0n;
      for (const path of paths.flatMap((path) => modules.get(path)!.imports)) {
        bits |= 1n << BigInt(fileOf.get(path)!);
      }
      return bits & ~(1n << BigInt(file));
    });
  }

  /** The files that are loaded with the file of a module. */
  loadedBy(path: string): bigint {
    return this.loaded(this.#fileOf.get(path)!);
  }

  /** A file and all files that are loaded with it. */
  loaded(file: number): bigint {
    const known = this.#loaded[file];
    if (known === "now") {
      throw new Error("Cannot join the modules: files would import each other in a cycle");
    }
    if (known !== undefined) return known;
    this.#loaded[file] = "now";
    return this.#loaded[file] = this.#each(this.#imports[file])
      .reduce((bits, next) => bits | this.loaded(next), 1n << BigInt(file));
  }

  size(files: bigint): number {
    return this.#each(files).reduce((sum, file) => sum + this.sizes[file], 0);
  }

  /** Whether a file imports another one through a third one. If they were joined, the file would import itself. */
  isAround(from: number, to: number): boolean {
    return this.#each(this.#imports[from]).some((next) =>
      next !== to && (this.loaded(next) >> BigInt(to) & 1n) === 1n
    );
  }

  #each(files: bigint): number[] {
    const found: number[] = [];
    for (let file = 0; files !== 0n; file++, files >>= 1n) if (files & 1n) found.push(file);
    return found;
  }
}

/**
 * Joins small files, starting with the lowest cost.
 *
 * @param files The modules of each file, in import order.
 * @param modules All modules, by path.
 * @param starts The modules with which a program can start.
 * @param mayJoin Whether two files may be joined.
 * @returns The modules of each file, in any order.
 */
export function joinSmallFiles(
  files: readonly (readonly string[])[],
  modules: ReadonlyMap<string, Module>,
  starts: readonly string[],
  mayJoin: (a: readonly string[], b: readonly string[]) => boolean,
): string[][] {
  const joined = files.map((paths) => [...paths]);
  const first = new FileGraph(files, modules);
  const most = starts.map((path) => first.size(first.loadedBy(path)) + MOST_MORE);
  for (;;) {
    const graph = new FileGraph(joined, modules);
    const loads = starts.map((path) => graph.loadedBy(path));
    const sizes = loads.map((bits) => graph.size(bits));
    let best: { a: number; b: number } | undefined;
    let least = Infinity;
    const consider = (a: number, b: number) => {
      const pair = 1n << BigInt(a) | 1n << BigInt(b);
      const together = graph.loaded(a) | graph.loaded(b);
      let cost = 0;
      for (const [index, bits] of loads.entries()) {
        if ((bits & pair) === 0n || (together & ~bits) === 0n) continue;
        const more = graph.size(together & ~bits);
        cost += more;
        if (sizes[index] + more > most[index] || cost >= least) return;
      }
      if (graph.isAround(a, b) || graph.isAround(b, a)) return;
      least = cost;
      best = { a, b };
    };
    for (let a = 0; a < joined.length; a++) {
      for (let b = a + 1; b < joined.length; b++) {
        // A program that needed only one of the two then loads both.
        if (Math.min(graph.sizes[a], graph.sizes[b]) > MOST_MORE) continue;
        if (mayJoin(joined[a], joined[b])) consider(a, b);
      }
    }
    if (best === undefined) return joined;
    joined[best.a].push(...joined[best.b]);
    joined.splice(best.b, 1);
  }
}
