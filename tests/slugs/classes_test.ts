import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import {
  ArchFxDeviceSlug,
  ArchFxParentSlug,
  ArchFxStreamerSlug,
  ArchFxStreamSlug,
  ArchFxVariableID,
  SlugError,
} from "../../src/slugs/mod.ts";

Deno.test("the slugs of the Python README are the same", () => {
  const parent = new ArchFxParentSlug(5, "pl");
  assertEquals(String(parent), "pl--0000-0005");
  const device = new ArchFxDeviceSlug(10);
  for (const same of ["000a", "d--000a", 0xa, 10n]) {
    assertEquals(String(new ArchFxDeviceSlug(same)), "d--0000-0000-0000-000a");
  }
  const id = ArchFxStreamSlug.fromParts({ parent, device, variable: "0000-5001" });
  assertEquals(String(id), "sl--0000-0005--0000-0000-0000-000a--0000-5001");
  const parts = id.getParts();
  assertEquals(String(parts.parent), String(parent));
  assertEquals(String(parts.device), String(device));
  assertEquals(String(parts.variable), "0000-5001");
});

Deno.test("a slug shows itself as text, in JSON and when inspected", () => {
  const slugs = [
    [new ArchFxParentSlug("1", "ps"), "ArchFxParentSlug", "ps--0000-0001"],
    [new ArchFxDeviceSlug(1), "ArchFxDeviceSlug", "d--0000-0000-0000-0001"],
    [new ArchFxVariableID([1, 0x5051]), "ArchFxVariableID", "0001-5051"],
    [
      new ArchFxStreamSlug("sd----1--2"),
      "ArchFxStreamSlug",
      "sd--0000-0000--0000-0000-0000-0001--0000-0002",
    ],
    [new ArchFxStreamerSlug(1, 2), "ArchFxStreamerSlug", "t--0000-0000-0000-0001--0002"],
  ] as const;
  for (const [slug, name, text] of slugs) {
    assertEquals(String(slug), text);
    assertEquals(JSON.stringify({ slug }), `{"slug":"${text}"}`);
    assertEquals(Deno.inspect(slug), `${name}("${text}")`);
  }
});

Deno.test("slugs are compared by equals()", () => {
  assert(new ArchFxDeviceSlug("m--1").equals(new ArchFxDeviceSlug(1)));
  assertFalse(new ArchFxDeviceSlug(1).equals(new ArchFxDeviceSlug(1n << 32n | 1n)));
  assertFalse(new ArchFxParentSlug(1).equals(new ArchFxParentSlug(1, "pa")));
  assert(new ArchFxStreamerSlug(1, "1").equals(new ArchFxStreamerSlug("1", 1)));
  assert(new ArchFxStreamSlug("sl--1--2--3--7").equals(new ArchFxStreamSlug("sl--1--2--3--0007")));
  assertFalse(new ArchFxVariableID(1).equals("0000-0001"));
});

Deno.test("ArchFxStreamSlug returns its parts, the same object each time", () => {
  const slug = new ArchFxStreamSlug("sa--1--0002-0003-0004-0005--6-0007--1612829726628904");
  assertEquals(slug.type, "sa");
  assertEquals(String(slug.parent), "pa--0000-0001");
  assertEquals(slug.device.id, 0x0002000300040005n);
  assertEquals(slug.variable.scope, 6);
  assertEquals(slug.start, 1612829726628904n);
  assertStrictEquals(slug.device, slug.device);
  const { block, scope, start } = slug.getParts();
  assertEquals({ block, scope, start }, {
    block: "0002",
    scope: "0003",
    start: "1612829726628904",
  });
  assertEquals(new ArchFxStreamSlug("sd--12--1--2").parent, null);
});

Deno.test("ArchFxStreamSlug.fromParts() takes a start as a number, as digits and as a time", () => {
  const micros = 1611100800100000;
  const date = new Date(micros / 1000);
  for (
    const start of [
      micros,
      BigInt(micros),
      String(micros),
      "2021-01-20T01:00:00.1000009+01:00",
      date,
      {
        epochNanoseconds: BigInt(micros) * 1000n + 999n,
      },
    ]
  ) {
    const slug = ArchFxStreamSlug.fromParts({ device: 1, variable: 2, start });
    assertEquals(slug.start, BigInt(micros));
  }
  for (
    const start of [
      -1,
      1.5,
      10n ** 16n,
      "",
      "12a",
      "-5",
      "2021-02-30T00:00",
      "1969-12-31 23:59:59.9",
      new Date(-1),
      new Date(NaN),
      NaN,
    ]
  ) {
    assertThrows(() => ArchFxStreamSlug.fromParts({ variable: 2, start }), SlugError, "start");
  }
  // deno-lint-ignore no-explicit-any
  const wrong = true as any;
  assertThrows(() => ArchFxStreamSlug.fromParts({ variable: 2, start: wrong }), TypeError);
});

Deno.test("SlugError names the input and the rule", () => {
  const error = assertThrows(() => new ArchFxVariableID("0001--5051"), SlugError);
  assertEquals(error.name, "SlugError");
  assertEquals(error.input, "0001--5051");
  assertEquals(error.rule, "a variable id has no prefix and one term");
  assertEquals(
    error.message,
    'Cannot read "0001--5051" as a variable id: a variable id has no prefix and one term',
  );
  assert(error instanceof RangeError);
  assertThrows(() => new ArchFxDeviceSlug(2 ** 53), SlugError, "must be a bigint");
  assertThrows(() => new ArchFxParentSlug(-1), SlugError, "from 0 to 4294967295");
  assertThrows(() => new ArchFxStreamSlug("sl--1--2"), SlugError, "a term is missing");
  assertThrows(() => new ArchFxStreamSlug("s--1--2--3"), SlugError, "prefix");
  assertThrows(
    () => new ArchFxStreamSlug("sl--1--2--3--4--5"),
    SlugError,
    "is not a decimal digit",
  );
  assertThrows(() => new ArchFxDeviceSlug("0".repeat(5000)), SlugError, "longer than 4096");
});

Deno.test("a value of the wrong type throws a TypeError, not a SlugError", () => {
  // deno-lint-ignore no-explicit-any
  const wrong: any[] = [null, undefined, true, {}, [], () => 1, Symbol("1")];
  for (const value of wrong) {
    for (const type of [ArchFxParentSlug, ArchFxDeviceSlug, ArchFxStreamSlug]) {
      const error = assertThrows(() => new type(value), TypeError);
      assertFalse((error as unknown) instanceof SlugError);
    }
  }
  assertThrows(() => new ArchFxDeviceSlug(1, { allow64Bits: wrong[3] }), TypeError, "allow64Bits");
});

Deno.test("ArchFxDeviceSlug rejects ids from 2^48 on if allow64Bits is false", () => {
  const options = { allow64Bits: false };
  assertEquals(new ArchFxDeviceSlug("0000-ffff-ffff-ffff", options).id, 2n ** 48n - 1n);
  for (const id of [2n ** 48n, "1-0000-0000-0000", new ArchFxDeviceSlug(2n ** 63n)]) {
    assertThrows(() => new ArchFxDeviceSlug(id, options), SlugError, "2^48");
  }
});

Deno.test("ArchFxStreamSlug.fromParts() without parts throws a TypeError that names the accepted argument", () => {
  for (const parts of [undefined, null, "5051"]) {
    assertThrows(
      () => ArchFxStreamSlug.fromParts(parts as never),
      TypeError,
      "it must be an object of its parts",
    );
  }
});
