// Compares the grammar with a second one, written as regular expressions, on random texts.
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  ArchFxDeviceSlug,
  ArchFxParentSlug,
  ArchFxStreamerSlug,
  ArchFxStreamSlug,
  ArchFxVariableID,
  formatSlugs,
  parseSlugs,
  SLUG_KINDS,
} from "../../src/slugs/mod.ts";

const SEED = 20210120;
const RUNS = 3000;
const GROUPS = "(?:[0-9a-fA-F]+|[0-9a-fA-F]{1,4}(?:-[0-9a-fA-F]{4})+)";
const PARENT = new RegExp(`^(?:(p[lsa])--)?(${GROUPS})$`);
const DEVICE = new RegExp(`^(?:[dm]--)?(${GROUPS})$`);
const VARIABLE = new RegExp(`^(${GROUPS})$`);
const STREAM = new RegExp(
  `^(s[lsad])--(${GROUPS}|)--(${GROUPS})--(${GROUPS})(?:--0*([0-9]{1,16}))?$`,
);
const STREAMER = new RegExp(`^t--(${GROUPS})--(${GROUPS})$`);

/** Groups as canonical text of `bits`, or undefined if they are too large. */
function canonical(groups: string, bits: number): string | undefined {
  const value = BigInt(`0x${groups.replaceAll("-", "") || "0"}`);
  if (value >> BigInt(bits)) return undefined;
  return value.toString(16).padStart(bits / 4, "0").match(/.{4}/g)!.join("-");
}

/** Joined terms, or undefined if a term is undefined. */
function join(prefix: string, ...terms: (string | undefined)[]): string | undefined {
  return terms.includes(undefined) ? undefined : [prefix, ...terms].join("--");
}

function expectedParent(text: string): string | undefined {
  const match = PARENT.exec(text);
  return match ? join(match[1] ?? "pl", canonical(match[2], 32)) : undefined;
}

function expectedDevice(text: string): string | undefined {
  const match = DEVICE.exec(text);
  return match ? join("d", canonical(match[1], 64)) : undefined;
}

function expectedVariable(text: string): string | undefined {
  const match = VARIABLE.exec(text);
  return match ? canonical(match[1], 32) : undefined;
}

function expectedStream(text: string): string | undefined {
  const match = STREAM.exec(text);
  if (!match) return undefined;
  const [, type, parent, device, variable, start] = match;
  const terms = [canonical(parent, 32), canonical(device, 64), canonical(variable, 32)];
  return join(type, ...terms, ...(start === undefined ? [] : [start.padStart(16, "0")]));
}

/** The canonical text of a line of parseSlugs(): a slug of any kind. */
function expectedAny(text: string): string | undefined {
  const streamer = STREAMER.exec(text);
  if (streamer) return join("t", canonical(streamer[1], 64), canonical(streamer[2], 16));
  if (/^p[lsa]--/.test(text)) return expectedParent(text);
  if (/^[dm]--/.test(text)) return expectedDevice(text);
  return /^s[lsad]--/.test(text) ? expectedStream(text) : expectedVariable(text);
}

function made(type: new (text: string) => unknown, text: string): string | undefined {
  try {
    return String(new type(text));
  } catch {
    return undefined;
  }
}

const group = fc.stringMatching(/^[0-9a-fA-F]{1,5}$/);
const groups = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.stringMatching(/^[0-9a-f]{4}$/), { maxLength: 5 }) },
  fc.array(group, { maxLength: 5 }),
  group.map((one) => ["000000000000000000".slice(one.length) + one]),
).map((all) => all.join("-"));
const prefix = fc.constantFrom(
  ...["pl--", "ps--", "pa--", "d--", "m--", "sl--", "ss--", "sa--", "sd--", "t--"],
  ...["", "", "--", "x--", "PL--", "s--"],
);
const slugLike = fc.oneof(
  fc.tuple(prefix, fc.array(groups, { minLength: 1, maxLength: 5 })).map(([first, terms]) =>
    first + terms.join("--")
  ),
  fc.tuple(prefix, fc.string({ maxLength: 12 })).map((parts) => parts.join("")),
  fc.stringMatching(/^[0-9a-f-]{0,70}$/),
);
/** A valid stream slug with one character changed, which the reader of sixteen digits at a time must notice. */
const nearlyCanonical = fc.tuple(
  fc.stringMatching(
    /^s[lsad]--[0-9a-f]{4}-[0-9a-f]{4}--[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}--[0-9a-f]{4}-[0-9a-f]{4}(--[0-9]{16})?$/,
  ),
  fc.nat(62),
  fc.constantFrom("-", "g", "/", ":", "@", "G", "`", "0", "F", "\u0010", "é", " "),
).map(([slug, at, other]) => slug.slice(0, at) + other + slug.slice(at + 1));

for (const [name, texts] of Object.entries({ slugLike, nearlyCanonical })) {
  Deno.test(`slugs are read by the grammar, one by one and in bulk: ${name}`, () => {
    fc.assert(
      fc.property(texts, (text) => {
        assertEquals(made(ArchFxParentSlug, text), expectedParent(text));
        assertEquals(made(ArchFxDeviceSlug, text), expectedDevice(text));
        assertEquals(made(ArchFxVariableID, text), expectedVariable(text));
        assertEquals(made(ArchFxStreamSlug, text), expectedStream(text));
        const columns = parseSlugs([text]);
        assertEquals(formatSlugs(columns), [expectedAny(text) ?? ""]);
        assertEquals(columns.errors.length, expectedAny(text) === undefined ? 1 : 0);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });
}

Deno.test("formatSlugs() reverses parseSlugs(), from text, bytes and an array", () => {
  const id32 = fc.nat(0xffffffff);
  const id64 = fc.bigInt(0n, 2n ** 64n - 1n);
  const start = fc.option(fc.bigInt(0n, 9999999999999999n));
  const slug = fc.oneof(
    fc.tuple(id32, fc.constantFrom("pl" as const, "ps" as const, "pa" as const))
      .map(([id, type]) => new ArchFxParentSlug(id, type)),
    id64.map((id) => new ArchFxDeviceSlug(id)),
    id32.map((id) => new ArchFxVariableID(id)),
    fc.tuple(fc.option(id32), id64, id32, start).map(([parent, device, variable, start]) =>
      ArchFxStreamSlug.fromParts({ parent, device, variable, start })
    ),
    fc.tuple(id64, fc.nat(0xffff)).map(([device, index]) => new ArchFxStreamerSlug(device, index)),
  );
  fc.assert(
    fc.property(fc.array(slug, { maxLength: 3000, size: "max" }), fc.boolean(), (slugs, feed) => {
      const texts = slugs.map(String);
      const lines = texts.join("\r\n") + (feed ? "\r\n" : "");
      for (const form of [texts, lines, new TextEncoder().encode(lines)]) {
        const columns = parseSlugs(form);
        assertEquals(columns.errors, []);
        assertEquals(formatSlugs(columns), texts);
      }
    }),
    { seed: SEED, numRuns: 10 },
  );
});

Deno.test("the columns of parseSlugs() have the values that the classes return", () => {
  const columns = parseSlugs([
    "ps--12",
    "m--0001-0000-0002",
    "1-5051",
    "sa--5--6--7--8",
    "t--9--a",
  ]);
  assertEquals(Array.from(columns.kinds, (kind) => SLUG_KINDS[kind]), [
    "ps",
    "d",
    "variable",
    "sa",
    "t",
  ]);
  assertEquals(columns.parents, Uint32Array.of(0x12, 0, 0, 5, 0));
  assertEquals(columns.devices, BigUint64Array.of(0n, 0x100000002n, 0n, 6n, 9n));
  assertEquals(columns.variables, Uint32Array.of(0, 0, 0x15051, 7, 0));
  assertEquals(columns.starts, BigInt64Array.of(-1n, -1n, -1n, 8n, -1n));
  assertEquals(columns.indexes, Int32Array.of(-1, -1, -1, -1, 10));
});
