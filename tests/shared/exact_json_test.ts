/** parseExactJson and exactJson: integers are exact, everything else is like in JSON. */
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { exactJson, parseExactJson } from "../../src/_exact_json.ts";

Deno.test("parseExactJson() makes bigints of integers beyond 2^53 and of nothing else", () => {
  assertEquals(
    parseExactJson("[9007199254740993, -9007199254740993, 9007199254740991, 9007199254740993.0]"),
    [9007199254740993n, -9007199254740993n, 9007199254740991, 9007199254740992],
  );
  assertEquals(parseExactJson('{"a":{"b":[18446744073709551615]},"c":"9007199254740993"}'), {
    a: { b: [18446744073709551615n] },
    c: "9007199254740993",
  });
  assertEquals(parseExactJson('{"9007199254740993":"\\"9007199254740993"}'), {
    "9007199254740993": '"9007199254740993',
  });
  assertEquals(parseExactJson("1e400"), Infinity);
  assertEquals(parseExactJson('["#", 12345678901234567]'), ["#", 12345678901234567n]);
});

Deno.test("parseExactJson() rejects what JSON.parse rejects", () => {
  for (
    const text of [
      "00000000000000001",
      "{12345678901234567:1}",
      "{12345678901234567  :1}",
      `{12345678901234567${" ".repeat(200)}:1}`,
      "12345678901234567x",
      '12345678901234567"a"',
      "-12345678901234567-",
      "[12345678901234567",
      "",
    ]
  ) {
    assertThrows(() => JSON.parse(text), SyntaxError);
    assertThrows(() => parseExactJson(text), SyntaxError, undefined, text);
  }
});

Deno.test("exactJson() writes what parseExactJson() reads back", () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 4 }),
      fc.array(fc.bigInt({ min: -(1n << 64n), max: 1n << 64n })),
      fc.string(),
      (json, integers, text) => {
        const big = integers.filter((it) => !Number.isSafeInteger(Number(it)));
        const value = { json, big, [text]: text, nested: [{ big }] };
        // −0 is 0 in JSON, and a large number without a fraction is an integer.
        const back = parseExactJson(JSON.stringify(json));
        assertEquals(parseExactJson(exactJson(value)!), {
          json: back,
          big,
          [text]: text,
          nested: [{ big }],
        });
      },
    ),
  );
});

Deno.test("exactJson() converts maps, bytes, typed arrays and numbers that JSON cannot represent", () => {
  const map = new Map<unknown, unknown>([["b", 1n], [2, NaN], ["a", [-Infinity]]]);
  assertEquals(exactJson(map), '{"2":"NaN","b":1,"a":["-Infinity"]}');
  assertEquals(
    exactJson([Uint8Array.of(1, 2), Float64Array.of(0.5), BigInt64Array.of(-5n)]),
    '["AQI=",[0.5],[-5]]',
  );
  assertEquals(exactJson(["#1", 1n]), '["#1",1]');
  assertEquals(exactJson(undefined), undefined);
});

Deno.test("parseExactJson() finds a long integer at any place, and does not mistake a fraction for one", () => {
  for (let before = 0; before < 40; before++) {
    const text = " ".repeat(before);
    for (
      const digits of ["9007199254740993", "90071992547409931", "900719925474099312345678901234567"]
    ) {
      for (const [left, right] of [["", ""], ["[1.5, -", "]"], ['{"a":', ', "b": "1"}']]) {
        const exact = JSON.stringify(
          parseExactJson(`${text}${left}${digits}${right}`),
          (_, value) => typeof value === "bigint" ? `exact ${value}` : value,
        );
        assertEquals(exact.includes(digits), true, `${text}${left}${digits}`);
      }
      const fraction = `${text}[0.${digits}, 1.5e1]`;
      assertEquals(parseExactJson(fraction), JSON.parse(fraction));
      const both = `[0.${digits}${text},${digits}]`;
      assertEquals((parseExactJson(both) as unknown[])[1], BigInt(digits));
    }
  }
});
