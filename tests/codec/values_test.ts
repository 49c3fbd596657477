import { assert, assertEquals, assertThrows } from "@std/assert";
import { decode as theirDecode, encode as theirEncode } from "@msgpack/msgpack";
import fc from "fast-check";
import { anyText } from "../_any_text.ts";
import { ValueReader } from "../../src/codec/value_reader.ts";
import { ValueWriter } from "../../src/codec/value_writer.ts";
import { DataError, ExtData, Float } from "../../src/reports/mod.ts";
import { same } from "../golden/same.ts";

function write(value: unknown): Uint8Array {
  const writer = new ValueWriter(1);
  writer.write(value, 0);
  return writer.bytes.slice(0, writer.length);
}

const read = (bytes: Uint8Array): unknown => new ValueReader(bytes).read();

/** JavaScript values that msgpack can hold and that are read back unchanged. */
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger(),
    fc.integer({ min: -70_000, max: 70_000 }),
    fc.double(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).map((n) =>
      Number.isSafeInteger(Number(n)) ? Number(n) : n
    ),
    anyText(80),
    fc.string({ maxLength: 400 }),
    fc.uint8Array({ maxLength: 300 }),
    fc.tuple(fc.nat(127), fc.uint8Array({ maxLength: 40 })).map(([code, data]) =>
      new ExtData(code, data)
    ),
    fc.array(tie("value"), { maxLength: 20 }),
    fc.dictionary(anyText(40), tie("value"), { maxKeys: 20 }),
  ),
}));

/** Runs a property with a seed that a failure prints. */
function check<T>(arbitrary: fc.Arbitrary<T>, predicate: (value: T) => void): void {
  fc.assert(fc.property(arbitrary, predicate), { numRuns: 400 });
}

Deno.test("ValueWriter and ValueReader keep every value", () => {
  check(value, (it) => assert(same(read(write(it)), it)));
});

/** Whether the other library has no such value: bigints, extension values, -0, `__proto__`. */
function isOurs(it: unknown): boolean {
  if (typeof it === "bigint" || Object.is(it, -0) || it instanceof ExtData) return true;
  if (typeof it !== "object" || it === null || it instanceof Uint8Array) return false;
  return Object.hasOwn(it, "__proto__") || Object.values(it).some(isOurs);
}

Deno.test("ValueReader and @msgpack/msgpack read what the other one writes", () => {
  check(value.filter((it) => !isOurs(it)), (it) => {
    assert(same(read(theirEncode(it)), it));
    assert(same(theirDecode(write(it)), it));
  });
});

Deno.test("ValueReader throws DataError at every truncation of a value", () => {
  check(value, (it) => {
    const bytes = write(it);
    for (let cut = 0; cut < Math.min(bytes.length, 300); cut++) {
      assertThrows(() => read(bytes.subarray(0, cut)), DataError);
    }
  });
});

Deno.test("ValueWriter writes floats, typed arrays, dates and maps as documented", () => {
  assertEquals(write(new Float(5)), Uint8Array.of(0xcb, 0x40, 0x14, 0, 0, 0, 0, 0, 0));
  assertEquals(read(write(Float32Array.of(1, 0.5))), [1, 0.5]);
  assertEquals(write(Float64Array.of(1))[1], 0xcb);
  assertEquals(write(Int16Array.of(1, -1)), Uint8Array.of(0x92, 1, 0xff));
  assertEquals(read(write(BigUint64Array.of(2n ** 64n - 1n))), [2n ** 64n - 1n]);
  assertEquals(read(write(new Date(100))), "1970-01-01T00:00:00.100000+00:00");
  const digits = Uint8Array.of(0x82, 0xa1, 0x32, 1, 0xa1, 0x31, 2);
  assertEquals(write(new Map([["2", 1], ["1", 2]])), digits);
  assertEquals(read(write({ a: undefined, b: 1 })), { b: 1 });
  assertEquals(read(write({ toJSON: 1 })), { toJSON: 1 });
  assertEquals(read(write(new URL("https://example.com/"))), "https://example.com/");
});

Deno.test("ValueWriter writes the right length of a map when entries are left out", () => {
  for (const count of [14, 15, 16, 17, 65_535, 65_537]) {
    const entries = Array.from({ length: count }, (_, i) => [`k${i}`, i % 2 ? undefined : i]);
    const map = Object.fromEntries(entries);
    assertEquals(read(write(map)), JSON.parse(JSON.stringify(map)));
  }
});

Deno.test("ValueWriter rejects values that cannot be written", () => {
  assertThrows(() => write([undefined]), TypeError);
  assertThrows(() => write(Symbol("x")), TypeError);
  assertThrows(() => write(() => 1), TypeError);
  assertThrows(() => write(new Set()), TypeError);
  assertThrows(() => write(2n ** 64n), DataError, "64 bits");
  assertThrows(() => write(-(2n ** 63n) - 1n), DataError, "64 bits");
  assertThrows(() => write("\ud800"), DataError, "surrogate");
  assertThrows(() => write("é".repeat(50) + "\udc00"), DataError, "surrogate");
  assertThrows(() => write(new Map([[1, 1]])), DataError, "keys");
  const cycle: unknown[] = [];
  cycle.push(cycle);
  assertThrows(() => write(cycle), DataError, "512 levels");
  const self = new (class {
    toJSON(): unknown {
      return this;
    }
  })();
  assertThrows(() => write(self), DataError, "512 levels");
});

Deno.test("ValueReader keeps __proto__ as a key and a BOM as text", () => {
  const map = read(Uint8Array.of(0x81, 0xa9, ...new TextEncoder().encode("__proto__"), 5));
  assertEquals(Object.keys(map as object), ["__proto__"]);
  assertEquals(Object.getPrototypeOf(map), Object.prototype);
  assertEquals(read(write("\ufeffx".repeat(30))), "\ufeffx".repeat(30));
});

Deno.test("ValueReader does not trust the announced length of a container", () => {
  const nested = new Uint8Array(1000).fill(0xdd);
  assertThrows(() => read(nested), DataError, "cut off");
  // Each array has as many elements as there are bytes left: together they have more.
  const greedy = Uint8Array.from(
    { length: 300 },
    (_, i) => i % 3 === 0 ? 0xdc : i % 3 === 1 ? 0 : 200,
  );
  assertThrows(() => read(greedy), DataError, "cut off");
});

Deno.test("ValueWriter writes own keys only, even if Object.prototype was changed", () => {
  Object.defineProperty(Object.prototype, "everywhere", {
    value: 1,
    enumerable: true,
    configurable: true,
  });
  try {
    assertEquals(write({ a: 1 }), Uint8Array.of(0x81, 0xa1, 0x61, 1));
  } finally {
    delete (Object.prototype as { everywhere?: number }).everywhere;
  }
});

Deno.test("ValueWriter has room for any value after a key, wherever its buffer ends", () => {
  for (const character of ["k", "é", "中"]) {
    for (let length = 0; length < 50; length++) {
      for (const item of ["v".repeat(31), "v".repeat(32), 1.5, 70_000, null, [1.5], { a: 1.5 }]) {
        const map = { first: "x", [character.repeat(length)]: item, last: 1.5 };
        const expected = theirEncode(map);
        for (let capacity = 1; capacity < 130; capacity += 3) {
          const writer = new ValueWriter(capacity);
          writer.write(map, 0);
          assertEquals(writer.bytes.length >= writer.length, true);
          if (!same(theirDecode(writer.bytes.subarray(0, writer.length)), map)) {
            assertEquals(writer.bytes.subarray(0, writer.length), expected, `capacity ${capacity}`);
          }
        }
      }
    }
  }
});

Deno.test("ValueWriter writes the result of toJSON, also that of a plain object", () => {
  const own = { a: 1, toJSON: () => 5 };
  // Like a class of an old library, whose constructor is Object.
  const old = Object.create({ toJSON: () => "old" });
  assertEquals(read(write([own, old, { toJSON: 1 }])), [5, "old", { toJSON: 1 }]);
});

Deno.test("ValueReader reads arrays of numbers of every type and mixture, and rejects every cut", () => {
  const number = fc.oneof(
    fc.integer({ min: -40, max: 140 }),
    fc.integer({ min: -(2 ** 17), max: 2 ** 17 }),
    fc.integer({ min: -(2 ** 33), max: 2 ** 33 }),
    fc.double(),
    fc.constantFrom(-0x80000000, 0x7fffffff, 0xffffffff, -0x8000, 0xffff, -0x80, 0xff, -0, NaN),
  );
  const array = fc.array(fc.oneof({ weight: 9, arbitrary: number }, fc.string()), {
    maxLength: 40,
  });
  fc.assert(fc.property(array, array, (first, second) => {
    const writer = new ValueWriter();
    writer.write([first, second], 3);
    const bytes = writer.bytes.slice(0, writer.length);
    assertEquals(new ValueReader(bytes).read(), [first, second]);
    assertEquals(theirDecode(bytes), [first, second]);
    for (let end = 0; end < bytes.length; end++) {
      assertThrows(() => new ValueReader(bytes.subarray(0, end)).read(), DataError);
    }
  }));
});

Deno.test("ValueReader reads text of any length and script, and rejects invalid UTF-8", () => {
  const texts = ["", "a", "a".repeat(23), "a".repeat(24), "a".repeat(300), "b".repeat(70_000)];
  for (const text of [...texts, ...texts.map((it) => `${it}°`), "\ufffd".repeat(30), "\ufeffx"]) {
    const writer = new ValueWriter();
    writer.write(text, 3);
    const bytes = writer.bytes.slice(0, writer.length);
    assertEquals(new ValueReader(bytes).read(), text);
    if (text.length < 2) continue;
    bytes[bytes.length - 1] = 0xff;
    assertThrows(() => new ValueReader(bytes).read(), DataError, "not UTF-8");
  }
});
