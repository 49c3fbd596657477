/** The helpers that several folders share. */
import { assertEquals } from "@std/assert";
import { withoutMark } from "../../src/_byte_order_mark.ts";
import { highHalf, integerReader, joinHalves, lowHalf, narrowed } from "../../src/_integers.ts";
import { isoTime } from "../../src/_iso_time.ts";
import { isLoopback } from "../../src/_loopback.ts";
import { counted } from "../../src/_plural.ts";
import { errorCode, errorMessage, errorPath, errorStatus } from "../../src/_error_fields.ts";
import { isMap, isRecord } from "../../src/_is_record.ts";
import { isTypedArray } from "../../src/_typed_array.ts";
import { unshared } from "../../src/_unshared.ts";

const EDGES = [0n, 1n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n];

Deno.test("narrowed() returns a number exactly if it is safe", () => {
  for (const value of [...EDGES, ...EDGES.map((edge) => -edge)]) {
    const isSafe = value < 2n ** 53n && value > -(2n ** 53n);
    assertEquals(narrowed(value), isSafe ? Number(value) : value);
  }
});

Deno.test("integerReader() reads the integers of an array, with and without a sign", () => {
  const unsigned = BigUint64Array.from([...EDGES, 2n ** 64n - 1n]);
  const signed = BigInt64Array.from([...EDGES, ...EDGES.map((edge) => -edge), -(2n ** 63n)]);
  for (const array of [unsigned, unsigned.subarray(2), signed, signed.subarray(3)]) {
    const read = integerReader(array);
    assertEquals(
      Array.from(array, (_, row) => read(row)),
      Array.from(array, narrowed),
    );
  }
});

Deno.test("joinHalves() joins the results of highHalf() and lowHalf()", () => {
  for (const value of [...EDGES, 2n ** 64n - 1n]) {
    assertEquals(joinHalves(highHalf(value), lowHalf(value)), value);
  }
});

Deno.test("withoutMark() removes one byte order mark", () => {
  assertEquals(withoutMark("\ufeff\ufeffa"), "\ufeffa");
  assertEquals(withoutMark(Uint8Array.of(0xef, 0xbb, 0xbf, 1)), Uint8Array.of(1));
  assertEquals(withoutMark(Uint8Array.of(0xef, 0xbb)), Uint8Array.of(0xef, 0xbb));
});

Deno.test("isLoopback() recognises every form of this machine and no other", () => {
  for (
    const host of [
      "localhost",
      "LOCALHOST",
      "a.localhost",
      "127.0.0.1",
      "127.9.9.9",
      "::1",
      "[::1]",
    ]
  ) {
    assertEquals(isLoopback(host), true, host);
  }
  for (
    const host of ["", "localhost.example", "127.0.0.1.example", "128.0.0.1", "[::2]", ".localhost"]
  ) {
    assertEquals(isLoopback(host), false, host);
  }
});

Deno.test("counted() uses the singular only for 1", () => {
  assertEquals([counted(0, "row"), counted(1, "row"), counted(2n, "row")], [
    "0 rows",
    "1 row",
    "2 rows",
  ]);
});

Deno.test("isoTime() shows the digits that a time needs, or the requested number", () => {
  assertEquals(
    [0n, 1611100800100000n, 1611100800100001n, -1n].map((micros) => isoTime(micros)),
    [
      "1970-01-01T00:00:00Z",
      "2021-01-20T00:00:00.100Z",
      "2021-01-20T00:00:00.100001Z",
      "1969-12-31T23:59:59.999999Z",
    ],
  );
  assertEquals([0, 1, 6].map((digits) => isoTime(1611100800190000n, digits)), [
    "2021-01-20T00:00:00Z",
    "2021-01-20T00:00:00.1Z",
    "2021-01-20T00:00:00.190000Z",
  ]);
  assertEquals(isoTime(-62135596800000000n), "0001-01-01T00:00:00Z");
});

Deno.test("errorCode(), errorMessage(), errorStatus() and errorPath() accept any thrown value", () => {
  const error = Object.assign(new Error("no room"), { code: "ENOSPC", path: "/q", status: 507 });
  assertEquals(errorCode(error), "ENOSPC");
  assertEquals(errorMessage(error), "no room");
  assertEquals(errorStatus(error), 507);
  assertEquals(errorPath(error), "/q");
  for (const thrown of [undefined, null, "ENOENT", 404, { code: 1, status: "404", path: 2 }]) {
    assertEquals(errorCode(thrown), undefined);
    assertEquals(errorStatus(thrown), undefined);
    assertEquals(errorPath(thrown), undefined);
    assertEquals(errorMessage(thrown), String(thrown));
  }
});

Deno.test("isRecord() accepts arrays, isMap() does not", () => {
  assertEquals([{}, [], null, "text", () => {}].map(isRecord), [true, true, false, false, false]);
  assertEquals([{}, [], null, "text", () => {}].map(isMap), [true, false, false, false, false]);
});

Deno.test("isTypedArray() is false for DataView and buffers", () => {
  const buffer = new ArrayBuffer(8);
  assertEquals(
    [new Uint8Array(buffer), new BigInt64Array(buffer), new DataView(buffer), buffer, [1]]
      .map(isTypedArray),
    [true, true, false, false, false],
  );
});

Deno.test("unshared() copies only bytes in shared memory", () => {
  const own = Uint8Array.of(1, 2);
  assertEquals(unshared(own), own);
  assertEquals(unshared(own) === own, true);
  const shared = new Uint8Array(new SharedArrayBuffer(2));
  shared.set([3, 4]);
  assertEquals(unshared(shared).buffer instanceof ArrayBuffer, true);
  assertEquals([...unshared(shared)], [3, 4]);
});
