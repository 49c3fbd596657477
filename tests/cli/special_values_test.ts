/** NaN, infinities, −0 and long integers through the command: decode and encode return the same report. */
import { assertEquals } from "@std/assert";
import { ArchFXDataPoint, ArchFXFlexibleDictionaryReport } from "../../src/reports/mod.ts";
import { archfx, withFolder } from "./_archfx.ts";

Deno.test("archfx report decode and encode keep every value that a report may have, byte for byte", () =>
  withFolder(async (cwd) => {
    const values = [
      NaN,
      Infinity,
      -Infinity,
      -0,
      0,
      0.1,
      Number.MIN_VALUE,
      -Number.MAX_VALUE,
      2 ** 53 + 2,
    ];
    for (const format of ["csv", "ndjson"]) {
      const data = values.map((value, at) =>
        new ArchFXDataPoint({
          timestamp: 1772431200000000n + BigInt(at),
          stream: 0x15090 + at,
          value,
          readingId: 2n ** 53n + BigInt(at),
          // CSV cannot contain free-form data.
          ...(format === "ndjson" && {
            summaryData: { big: 9007199254740993n, low: -9223372036854775808n, text: "ü" },
            rawData: [1, { deep: 18446744073709551615n }],
          }),
        })
      );
      const report = ArchFXFlexibleDictionaryReport.fromReadings({ device: "d--1", data });
      const bytes = report.encode();
      await Deno.writeFile(`${cwd}/a.mp`, bytes);
      const decoded = await archfx(["report", "decode", "a.mp", "-o", `a.${format}`], { cwd });
      assertEquals(decoded.code, 0, decoded.err);
      const encoded = await archfx(
        ["report", "encode", `a.${format}`, "--nan", "keep", "-o", "b.mp", "--force", "-q"],
        { cwd },
      );
      assertEquals(encoded.code, 0, encoded.err);
      const back = ArchFXFlexibleDictionaryReport.decode(await Deno.readFile(`${cwd}/b.mp`));
      const bits = (of: ArchFXFlexibleDictionaryReport) => {
        const { values, readingIds, timestamps, streams, summaryData, rawData } = of.columns();
        return [
          new BigUint64Array(values.slice().buffer),
          readingIds,
          timestamps,
          streams,
          summaryData,
          rawData,
        ];
      };
      assertEquals(bits(back), bits(ArchFXFlexibleDictionaryReport.decode(bytes)));
    }
  }));
