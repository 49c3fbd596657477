import { assert, assertEquals, assertRejects } from "@std/assert";
import { withFolder } from "../_folder.ts";
import { Api } from "../../mod.ts";
import { ArchFXFlexibleDictionaryReport, writeReport } from "../../src/reports/mod.ts";

Deno.test("the error for a file has the caller's name for it, and the system's error as the cause", async () => {
  await withFolder(async (dir) => {
    const path = `${dir}/none/x.mp`;
    const report = ArchFXFlexibleDictionaryReport.fromReadings({ device: 1, data: [] });
    const api = new Api("http://127.0.0.1:9");
    const cases: [string, () => Promise<unknown>][] = [
      ["write", () => report.write(path)],
      ["write", () => report.save(path)],
      ["write", () => writeReport([], path, { device: 1 })],
      ["upload", () => api("streamer/report").uploadFile(path)],
    ];
    for (const [action, run] of cases) {
      const error = await assertRejects(run, Error) as Error & { code?: string };
      assertEquals(error.message, `Cannot ${action} "${path}": ENOENT: no such file or directory`);
      assertEquals(error.code, "ENOENT");
      assert(error.cause instanceof Error);
    }
    await Deno.mkdir(path, { recursive: true });
    const error = await assertRejects(() => report.write(path), Error, `Cannot write "${path}": E`);
    assert(!error.message.includes(".part"), error.message);
    assertEquals([...Deno.readDirSync(`${dir}/none`)].map(({ name }) => name), ["x.mp"]);
  });
});

Deno.test("post() of data that contains itself throws an error of one line", async () => {
  const data: Record<string, unknown> = {};
  data.self = data;
  const api = new Api("http://127.0.0.1:9");
  const error = await assertRejects(
    () => api("org" as string).post(data),
    TypeError,
    "Cannot send this data as JSON: ",
  );
  assert(!error.message.includes("\n"), error.message);
  assert(error.cause instanceof TypeError);
});
