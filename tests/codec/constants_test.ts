/** Each number that wasm/ and its callers share is defined once. */
import { assertEquals } from "@std/assert";
import * as constants from "../../src/codec/wasm_constants.ts";

const root = new URL("../../", import.meta.url);
const GENERATED = /\/(?:wasm_constants|wasm_bytes|assets|_worker_code)\.ts$/;

/** The TypeScript of a folder, by path. */
async function* sources(folder: string): AsyncGenerator<[path: string, text: string]> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
    const path = `${folder}${name}`;
    if (isDirectory) yield* sources(`${path}/`);
    else if (name.endsWith(".ts") && !GENERATED.test(path)) {
      yield [path, await Deno.readTextFile(new URL(path, root))];
    }
  }
}

/** The name of a separate constant for "Slugs.textSize": TEXT_SIZE. */
function upperCase(name: string): string {
  return name.replace(/[A-Z]/g, "_$&").toUpperCase();
}

interface Shared {
  /** The name in the code of callers: `Slugs.textSize`. */
  readonly name: string;
  /** The name that a second definition would have: `TEXT_SIZE`. */
  readonly upper: string;
  readonly value: number | bigint;
}

const shared: Shared[] = Object.entries(constants).flatMap(([name, value]) =>
  typeof value === "object"
    ? Object.entries(value).map(([field, number]) => (
      { name: `${name}.${field}`, upper: upperCase(field), value: number }
    ))
    : [{ name, upper: name, value }]
);

const GROUPS = Object.keys(constants).filter((name) => /[a-z]/.test(name)).join("|");

/** Finds definitions in a text that repeat a shared number, by its name or by an unusual value. */
function repeated(text: string): string[] {
  const found: string[] = [];
  const code = text.replace(/\/\*[^]*?\*\/|\/\/.*/g, "");
  for (const [, name] of code.matchAll(new RegExp(`\\b(${GROUPS})\\s*=\\s*\\{`, "g"))) {
    found.push(`${name} is defined again`);
  }
  for (const [, name, literal] of code.matchAll(/\b(\w+)\s*[:=]\s*(-?\d[\dx_a-fA-F]*)n?\b/g)) {
    const value = BigInt(Number(literal.replaceAll("_", "")) || 0);
    for (const { name: known, upper, value: number } of shared) {
      // Small numbers are used for many things; but one with the same name is a second definition.
      const isSame = value === BigInt(number) && value !== 0n;
      if (isSame && (name === upper || value > 100_000n && !OTHER_USES.has(value))) {
        found.push(`${name} = ${literal} repeats ${known}`);
      }
    }
  }
  return found;
}

/** Round numbers, which are used for other things as well. */
const OTHER_USES = new Set([131072n, 262144n]);

Deno.test("no source repeats a number that wasm/constants.ts exports", async () => {
  const found: string[] = [];
  for (const folder of ["codec", "slugs", "readings", "reports"]) {
    for await (const [path, text] of sources(`src/${folder}/`)) {
      for (const line of repeated(text)) found.push(`${path}: ${line}`);
    }
  }
  assertEquals(found, []);
});

Deno.test("wasm/ exports each number once", async () => {
  const definitions = new Map<string, string[]>();
  for await (const [path, text] of sources("wasm/")) {
    for (const [, name, value] of text.matchAll(/^export const (\w+): \w+ = ([^;]+);/gm)) {
      const key = `${name} = ${value}`;
      definitions.set(key, [...definitions.get(key) ?? [], path]);
    }
  }
  assertEquals([...definitions].filter(([, paths]) => paths.length > 1), []);
});

Deno.test("the search finds a number that is defined again", () => {
  assertEquals(repeated("const WINDOW_SIZE = 131072;").length, 1);
  assertEquals(repeated("const Rule = { tooLong: 2 };").length, 1);
  assertEquals(repeated("const ROWS = 1_024; // again").length, 1);
  assertEquals(repeated("const FIRST = -62135596800000000n;").length, 0);
  assertEquals(repeated("const EPOCH = 62135596800000000n;").length, 1);
  assertEquals(repeated("// const ROWS = 1024"), []);
});
