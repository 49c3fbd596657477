/// <reference lib="dom" />
/**
 * The views of the console: requests, addresses, the first minute, stored readings, comparison, states.
 *
 * Run by `deno task test:browser`.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ArchFXDataPoint, ArchFXFlexibleDictionaryReport, readCsv } from "@archfx/cloud";
import { createEmulator } from "@archfx/cloud/emulator";
import type { Page } from "playwright-core";
import { charted, client, EMAIL, report, signIn, test } from "./_console_page.ts";

const TAP = "d--0000-0000-0000-0001";

/** Readings with the properties that a test needs. */
function points(
  list: readonly { at: number; stream?: string; value: number; data?: Record<string, unknown> }[],
  firstId = 1,
) {
  return ArchFXFlexibleDictionaryReport.fromReadings({
    device: TAP,
    sentTimestamp: new Date(),
    data: list.map(({ at, stream = "0000-5001", value, data }, index) =>
      new ArchFXDataPoint({
        timestamp: new Date(Date.UTC(2026, 2, 2, 6) + at * 1000),
        stream,
        value,
        readingId: firstId + index,
        summaryData: data,
      })
    ),
  });
}

const hash = (page: Page) => new URL(page.url()).hash;

test("console opens a request: reason, headers without secrets, fault, and a curl that repeats it", async ({ page, url, emulator, browser }) => {
  await browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn(page);
  await page.getByRole("tab", { name: "Requests" }).click();
  const secret = "eyJ-very-secret";
  const asked = { headers: { Authorization: `jwt ${secret}`, "X-Plant": "it's me" } };
  await (await fetch(`${url}/api/v1/org/?page=1`, asked)).body?.cancel();
  emulator.faults.add({ kind: "status", status: 503, retryAfter: 7 });
  await (await fetch(`${url}/api/v1/site/`)).body?.cancel();
  const log = page.locator(".requests");
  await log.locator("tbody tr").nth(1).waitFor();
  assertStringIncludes(await log.locator("tbody tr").first().innerText(), "responds with 503");

  await log.getByRole("button", { name: "/api/v1/org/" }).click();
  const detail = page.locator(".request-detail");
  const text = await detail.innerText();
  for (
    const part of ["401", "Given token not valid", "jwt [redacted]", "x-plant", "page", "Ended"]
  ) {
    assertStringIncludes(text, part);
  }
  assert(!(await page.content()).includes(secret));
  await detail.getByRole("button", { name: "Copy as curl" }).click();
  await detail.getByText("Copied").waitFor();
  const curl = await page.evaluate(() => navigator.clipboard.readText() as Promise<string>);
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", curl.replace("curl ", "curl -s -w '%{http_code}' ")],
    env: { TOKEN: secret },
  }).output().catch(() => ({ stdout: new TextEncoder().encode("no curl here: 401") }));
  assert(new TextDecoder().decode(stdout).endsWith("401"));

  // It is in the address: Back closes it, and a reload keeps it.
  assert(/request=\d+/.test(hash(page)));
  await page.reload();
  await detail.getByText("Given token not valid").waitFor();
  await page.goBack();
  await detail.waitFor({ state: "detached" });
  await log.getByRole("button", { name: "/api/v1/site/" }).click();
  assertStringIncludes(await detail.innerText(), "responds with 503, Retry-After 7");
});

test("console sorts and filters requests, and leaves out columns without content", async ({ page, url }) => {
  await signIn(page);
  await page.getByRole("tab", { name: "Requests" }).click();
  for (const path of ["org/", "server/", "nothing/"]) {
    await (await fetch(`${url}/api/v1/${path}`)).body?.cancel();
  }
  const rows = page.locator(".requests tbody tr");
  await rows.nth(2).waitFor();
  const titles = await page.locator(".requests th").allTextContents();
  assert(!titles.some((title) => /Parts|Faults/.test(title)), titles.join());
  const statuses = () => page.locator(".requests tbody td:nth-child(2)").allTextContents();
  await page.locator(".requests th").getByRole("button", { name: "Status" }).click();
  assertEquals(await statuses(), ["200", "401", "404"]);
  await page.locator(".requests th").getByRole("button", { name: "Status" }).click();
  assertEquals(await statuses(), ["404", "401", "200"]);
  assertEquals(await page.locator('[aria-sort="descending"]').innerText(), "Status \u2193");
  await page.getByLabel("Filter the requests").fill("nothing 404");
  assertEquals(await statuses(), ["404"]);
  await page.reload();
  await rows.first().waitFor();
  assertEquals(await statuses(), ["404"]);
});

test("console keeps stream, range and tab in the address, for Back, Forward and reload", async ({ page, url }) => {
  const api = await client(url);
  await report(1, 300).upload(api);
  await points([{ at: 0, stream: "0000-5002", value: 7 }], 1000).upload(api);
  await signIn(page);
  const heading = (name: string) => page.locator(".stream-view h2").getByText(name).waitFor();
  await page.getByRole("treeitem", { name: "0000-5001" }).click();
  await charted(page, 300);
  await page.getByRole("button", { name: "Zoom in" }).click();
  await page.waitForFunction(() => location.hash.includes("range="));
  const zoomed = hash(page);
  await page.getByRole("treeitem", { name: "0000-5002" }).click();
  await heading("0000-5002");
  await page.getByRole("tab", { name: "Faults" }).click();
  await page.goBack();
  await page.getByRole("tab", { name: "Factory", selected: true }).waitFor();
  await heading("0000-5002");
  await page.goBack();
  await heading("0000-5001");
  assertEquals(hash(page), zoomed);
  await page.waitForFunction(() =>
    Number(document.querySelector<HTMLElement>(".chart-canvas")?.dataset.count) < 200
  );
  await page.goForward();
  await heading("0000-5002");
  await page.goBack();
  await page.reload();
  await heading("0000-5001");
  await page.waitForFunction(() => {
    const count = Number(document.querySelector<HTMLElement>(".chart-canvas")?.dataset.count);
    return count > 0 && count < 200;
  });
});

test("console in the first minute: the login is filled in, one click uploads a shift, commands have this address", async ({ page, url }) => {
  await page.getByText("account of the demo seed").waitFor();
  assertEquals(await page.getByLabel("E-mail").inputValue(), EMAIL);
  await page.keyboard.press("Enter");
  await page.getByText("No stream is chosen").waitFor();
  for (const card of [".first", ".reports"]) {
    const text = await page.locator(card).innerText();
    assertStringIncludes(text, `archfx report upload report.mp --domain ${url}`);
  }
  for (const [tab, said] of [["Requests", "api/v1/server/"], ["Faults", "__emulator__/faults"]]) {
    await page.getByRole("tab", { name: tab }).click();
    await page.getByRole("tabpanel").getByText(`${url}/${said}`).waitFor();
  }
  await page.getByRole("tab", { name: "Factory" }).click();
  await page.getByRole("button", { name: "Upload a shift of the demo line" }).click();
  await page.locator(".stream-view canvas").waitFor();
  await page.locator(".reports").getByText("5 streams").waitFor();
  // A person who opens the console later sees a stream immediately.
  await page.goto(`${url}/#`);
  await page.reload();
  await page.locator(".stream-view canvas").waitFor();
});

test("console lists stored readings with ids, full values and extra data, in any range, also as CSV", async ({ page, url }) => {
  const api = await client(url);
  const list = [
    { at: 0, value: 1_000_000_000_004, data: { lot: "A\t1" } },
    { at: 60, value: 1 / 3 },
    { at: 120, value: -12_345 },
    { at: 7200, value: 5 },
  ];
  await points(list).upload(api);
  await signIn(page);
  const table = page.locator(".stream-view .table");
  await table.getByText("1,000,000,000,004").waitFor();
  const text = await table.innerText();
  for (const part of ["\u22480.3333333333", "\u221212,345", '{"lot":"A\\t1"}', "Reading id"]) {
    assertStringIncludes(text, part);
  }
  await table.getByText("\u22480.3333333333").click();
  await page.locator(".reading-detail").getByText("0.3333333333333333", { exact: false }).waitFor();

  await page.getByLabel("Which readings").selectOption("range");
  await page.getByLabel("From (UTC)").fill("2026-03-02T06:01:00");
  await page.getByLabel("To (UTC), not included").fill("2026-03-02T08:00:00");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.waitForFunction(() =>
    document.querySelectorAll(".stream-view .table-layer .table-row").length === 2
  );
  // Without data in the range there is no column for it.
  assert(!(await table.innerText()).includes("Extra data"));
  const started = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download CSV" }).click();
  const bytes = await Deno.readFile(await (await started).path());
  const values: number[] = [];
  const columns = { readingId: "streamer_local_id", stream: "variable" };
  for await (const chunk of readCsv(bytes, { columns })) values.push(...chunk.values);
  assertEquals(values, [1 / 3, -12_345]);
  await page.reload();
  await page.waitForFunction(() =>
    document.querySelectorAll(".stream-view .table-layer .table-row").length === 2
  );
});

test("console lists the streams of a report, and opens each with one click", async ({ page, url }) => {
  const api = await client(url);
  await points([
    { at: 0, value: 1 },
    { at: 1, value: 2, stream: "0000-5002" },
    { at: 2, value: 3, stream: "0000-5002" },
  ]).upload(api);
  await signIn(page);
  await page.locator(".reports").getByText("2 streams").click();
  const items = await page.locator(".reports details li").allInnerTexts();
  assert(
    items[0].endsWith("0000-5002 2 new") && items[1].endsWith("0000-5001 1 new"),
    items.join(),
  );
  await page.locator(".reports details").getByRole("button", { name: /5002$/ }).click();
  await page.locator(".stream-view h2").getByText("0000-5002").waitFor();
});

test("console compares streams in one chart with one range, and shows labels, units and gaps", async ({ page, url, emulator }) => {
  const api = await client(url);
  const list = Array.from({ length: 240 }, (_, at) => ({
    // Three hours are missing in the middle.
    at: at < 120 ? at * 60 : at * 60 + 10_800,
    stream: at % 2 === 0 ? "0001-5001" : "0001-5002",
    value: at % 2 === 0 ? 200 + at : NaN,
  }));
  await points(list).upload(api);
  const slug = `sl--0000-0001--${TAP.slice(3)}--0001-5001`;
  await api.stream(slug).patch({ data_label: "Oven" });
  await signIn(page);
  await page.getByRole("treeitem", { name: "Oven, stream" }).click();
  await page.locator(".stream-view dd").getByText("438 \u00b0C  at").waitFor();
  await page.locator(".stream-view h2").getByText("Oven").waitFor();
  await page.getByRole("treeitem", { name: "0001-5002" }).click({ modifiers: ["Control"] });
  await page.locator(".legend-line").nth(1).waitFor();
  assertEquals(await page.locator(".legend-line").allInnerTexts(), [
    "Oven, \u00b0C",
    "0001-5002, bar",
  ]);
  // A stream without a finite value has a message.
  await page.locator(".chart-note").getByText("0001-5002: no value in view is a finite number")
    .waitFor();
  await page.reload();
  await page.locator(".legend-line").nth(1).waitFor();
  await page.getByRole("button", { name: "Remove 0001-5002" }).click();
  await page.locator(".legend").waitFor({ state: "hidden" });
  await page.getByLabel("Compare with another stream").selectOption({ index: 1 });
  await page.locator(".legend-line").nth(1).waitFor();
  // Degrees and bar cannot share a scale.
  const own = page.getByRole("button", { name: "Own scales" });
  assertEquals(await own.getAttribute("aria-pressed"), "true");
  await own.click();
  assertEquals(await own.getAttribute("aria-pressed"), "false");
  assertEquals(emulator.faults.list().length, 0);
});

test("console draws nothing where three hours of readings are missing", async ({ page, url }) => {
  const list = Array.from({ length: 120 }, (_, at) => ({
    at: at < 60 ? at * 60 : at * 60 + 10_800,
    value: 20,
  }));
  await points(list).upload(await client(url));
  await signIn(page);
  await charted(page, 120);
  // Pixels with the colour of the line, column by column.
  const drawn = await page.locator(".stream-view canvas").evaluate((element) => {
    const canvas = element as unknown as HTMLCanvasElement;
    const { width, height } = canvas;
    const pixels = canvas.getContext("2d")!.getImageData(0, 0, width, height).data;
    const columns: boolean[] = [];
    for (let x = 0; x < width; x++) {
      let has = false;
      for (let y = 0; y < height && !has; y++) {
        const at = (y * width + x) * 4;
        const [r, g, b, a] = pixels.subarray(at, at + 4);
        has = a > 120 && b - r > 60 && g > r;
      }
      columns.push(has);
    }
    return columns;
  });
  const first = drawn.indexOf(true), last = drawn.lastIndexOf(true);
  let longest = 0, empty = 0;
  for (let x = first; x <= last; x++) {
    empty = drawn[x] ? 0 : empty + 1;
    longest = Math.max(longest, empty);
  }
  const share = longest / (last - first);
  assert(share > 0.5 && share < 0.7, `${share} of the chart is empty`);
});

test("console searches the tree by name and id", async ({ page, url }) => {
  await report(1, 5).upload(await client(url));
  await signIn(page);
  const search = page.getByLabel("Search the factory");
  await search.fill("penang");
  await page.getByRole("treeitem", { name: "Guadalajara" }).waitFor({ state: "detached" });
  await page.getByRole("treeitem", { name: "SMT A" }).waitFor();
  await search.fill("0000-5001");
  await page.getByRole("treeitem", { name: "0000-5001" }).waitFor();
  assertEquals(await page.getByRole("treeitem", { name: "stream" }).count(), 1);
  await search.fill("no such thing");
  await page.getByText("Nothing has this name or id.").waitFor();
});

test("console shows at the top of the page that the emulator has stopped, and that a store in memory is gone", async ({ page }) => {
  const first = await createEmulator({ seed: "demo" });
  const { url, port } = await first.listen();
  await page.goto(url);
  await signIn(page);
  await page.getByText("live", { exact: true }).waitFor();
  await first.close();
  const strip = page.getByText("The emulator has stopped or cannot be reached");
  await strip.waitFor();
  for (const name of ["Requests", "Faults", "Inspect a report", "Factory"]) {
    await page.getByRole("tab", { name }).click();
    assert(await strip.isVisible(), name);
  }
  const second = await createEmulator({ seed: "demo" });
  try {
    await second.listen({ port });
    await page.getByText("what was stored before is gone").waitFor({ timeout: 30_000 });
    await signIn(page);
    assert(!await strip.isVisible());
  } finally {
    await second.close();
  }
});

test("console shows an error on the tab that it is about, and on no other", async ({ page }) => {
  await signIn(page);
  await page.getByRole("tab", { name: "Faults" }).click();
  await page.getByLabel("What goes wrong").selectOption("delay");
  await page.getByLabel("Delay, ms").fill("600001");
  await page.getByRole("button", { name: "Set the fault" }).click();
  const error = page.getByRole("alert").getByText("milliseconds");
  await error.waitFor();
  await page.getByRole("tab", { name: "Factory" }).click();
  assert(!await error.isVisible());
  await page.getByRole("tab", { name: "Faults" }).click();
  assert(await error.isVisible());
  await page.getByRole("button", { name: "Dismiss" }).click();
  assert(!await error.isVisible());
});

test("console shows values by keyboard: five presses of + are five steps, arrows announce a reading", async ({ page, url }) => {
  await report(1, 640).upload(await client(url));
  await signIn(page);
  await charted(page, 640);
  const chart = page.locator(".chart-canvas");
  const seconds = () =>
    chart.evaluate((chart) => {
      const { from, to } = (chart as HTMLElement).dataset;
      return Number(to) - Number(from);
    });
  const whole = await seconds();
  await chart.focus();
  for (let press = 0; press < 5; press++) await page.keyboard.press("+");
  await page.waitForFunction(([whole]) => {
    const { from, to } = document.querySelector<HTMLElement>(".chart-canvas")!.dataset;
    return Math.abs((Number(to) - Number(from)) * 32 / whole - 1) < 0.01;
  }, [whole]);
  await page.keyboard.press("0");
  const said = page.locator(".chart [role=status].visually-hidden");
  await page.keyboard.press("Home");
  await said.getByText("2026-03-02 06:00:01").waitFor();
  await page.keyboard.press("ArrowRight");
  await said.getByText("2026-03-02 06:00:02").waitFor();
  assertStringIncludes((await said.textContent())!, String(20 + Math.sin(2 / 30)));
  // Enter selects the reading in the table.
  await page.keyboard.press("Enter");
  await page.locator('.stream-view .table-row[aria-selected="true"]').getByText("06:00:02")
    .waitFor();
});
