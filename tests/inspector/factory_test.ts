/**
 * The console's tree and files, without a browser.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { WASM_BASE64 } from "../../src/codec/wasm_bytes.ts";
import { assets } from "../../src/emulator/console/assets.ts";
import { CODEC_MARK, consoleAsset } from "../../src/emulator/console/mod.ts";
import { inOne } from "../../src/emulator/console/page/in_one.ts";
import {
  type FactoryNode,
  factoryTree,
  searchTree,
} from "../../src/emulator/console/page/factory.ts";

Deno.test("factoryTree() puts rows under the closest place that is known, in order of names", () => {
  const tree = factoryTree({
    org: [{ slug: "acme", name: "Acme" }],
    site: [{ slug: "ps--0000-0001", name: "North", org: "acme" }],
    area: [],
    line: [
      { slug: "pl--0000-0002", name: "Line 10", site: "ps--0000-0001", area: null },
      { slug: "pl--0000-0001", name: "Line 9", site: "ps--0000-0001", area: "pa--0000-0009" },
    ],
    machine: [{ slug: "m", label: "Oven", line: "pl--0000-0001", parent: "pl--0000-0001" }],
    device: [
      { slug: "d1", label: "", machine: "m", parent: "pl--0000-0001" },
      { slug: "d2", label: "Tap", machine: null, parent: "pl--0000-0001" },
      { slug: "d3", label: "Lost", machine: null, parent: null, org: null },
    ],
    stream: [{ slug: "s1", data_label: "", var_name: "", variable: "0000-5001", device: "d1" }],
  });
  const outline = (nodes: readonly FactoryNode[]): unknown[] =>
    nodes.map(({ name, children }) => children.length === 0 ? name : [name, outline(children)]);
  assertEquals(outline(tree), [
    ["Acme", [["North", [["Line 9", [["Oven", [["d1", ["0000-5001"]]]], "Tap"]], "Line 10"]]]],
    "Lost",
  ]);
});

/** A device with streams of these variables. */
function streams(...variables: string[]): FactoryNode[] {
  return factoryTree({
    org: [],
    site: [],
    area: [],
    line: [],
    machine: [],
    device: [{ slug: "d--0000-0000-0000-0001", label: "Tap" }],
    stream: variables.map((variable) => ({
      slug: `sl--0000-0001--0000-0000-0000-0001--${variable}`,
      variable,
      device: "d--0000-0000-0000-0001",
    })),
  });
}

Deno.test("factoryTree() orders hexadecimal ids as hexadecimal", () => {
  const [{ children }] = streams("0000-5010", "0000-500f", "0000-500a", "0000-5009", "0001-0001");
  assertEquals(children.map(({ name }) => name), [
    "0000-5009",
    "0000-500a",
    "0000-500f",
    "0000-5010",
    "0001-0001",
  ]);
});

Deno.test("searchTree() finds names and ids, with their parents", () => {
  const tree = streams("0000-5010", "0000-500f");
  const names = (text: string) =>
    searchTree(tree, text).map(({ name, children }) => [name, children.map(({ name }) => name)]);
  assertEquals(names("500F"), [["Tap", ["0000-500f"]]]);
  assertEquals(names("00010000500f"), [["Tap", ["0000-500f"]]]);
  assertEquals(names("tap"), [["Tap", ["0000-500f", "0000-5010"]]]);
  assertEquals(names("nothing"), []);
  assertEquals(names(" "), [["Tap", ["0000-500f", "0000-5010"]]]);
});

Deno.test("consoleAsset() serves scripts and styles with the licences of the bundled packages", async () => {
  for (const path of ["/console.js", "/console.css"]) {
    const text = await (await consoleAsset(path))!.text();
    const notice = text.slice(0, text.indexOf("*/"));
    assert(/^\/\*! Contains uplot \d/.test(notice), path);
    assert(notice.includes("Leon Sorokin") && notice.includes("THE SOFTWARE IS PROVIDED"), path);
  }
  const page = await Deno.readTextFile(new URL("../../docs/inspector.html", import.meta.url));
  assertEquals(page.match(/\/\*! Contains uplot/g)!.length, 2);
});

Deno.test("consoleAsset() serves its files with a policy that allows nothing else", async () => {
  const page = await consoleAsset("/");
  assert(page !== undefined);
  assertEquals(page.headers.get("content-type"), "text/html; charset=utf-8");
  const policy = page.headers.get("content-security-policy")!;
  assert(policy.startsWith("default-src 'none'"));
  assert(!policy.includes("unsafe-inline") && !policy.includes("http"));
  const named = (await page.text()).match(/(?:src|href)="(\/[^"]+\.\w+)"/g)!;
  assertEquals(named.length, 2);
  for (const path of ["/console.js", "/console.css", "/worker.js"]) {
    const file = await consoleAsset(path);
    assert((await file!.text()).length > 1000, path);
  }
});

Deno.test("consoleAsset() puts the codec into the worker, which is stored without it", async () => {
  const served = await (await consoleAsset("/worker.js"))!.text();
  assert(served.includes(`"${WASM_BASE64}"`));
  assert(!served.includes(CODEC_MARK));
  assert(!Object.values(assets).some((text) => text.includes(WASM_BASE64.slice(0, 1000))));
});

Deno.test("consoleAsset() ignores other paths", async () => {
  for (const path of ["/api/v1/", "/mod.ts", "/../mod.ts", "/toString", "/x.js", "/page/main.ts"]) {
    assertEquals(await consoleAsset(path), undefined, path);
  }
});

Deno.test("inOne() runs one task at a time, and once more for all calls in between", async () => {
  let runs = 0;
  let running = 0;
  const work = inOne(async () => {
    assertEquals(++running, 1);
    runs++;
    await new Promise((resolve) => setTimeout(resolve, 5));
    running--;
  });
  await Promise.all([work(), work(), work(), work()]);
  assertEquals(runs, 2);
  await work();
  assertEquals(runs, 3);
});

Deno.test("inOne() continues after a failed task, and rejects its callers", async () => {
  let runs = 0;
  const work = inOne(() => ++runs === 1 ? Promise.reject(new Error("first")) : Promise.resolve());
  const first = work().then(() => "done", (error) => error.message);
  const second = work().then(() => "done", (error) => error.message);
  assertEquals(await Promise.all([first, second]), ["first", "done"]);
});
