/// <reference lib="dom" />
/**
 * The views of the inspector and their addresses: numbers, comparison, problems, broken files.
 *
 * Run by `deno task test:browser`.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ArchFXFlexibleDictionaryReport } from "@archfx/cloud";
import type { Page } from "playwright-core";
import { columnsOf, type ReadingRow } from "../inspector/_columns.ts";
import { sampleReport } from "../../src/inspector/sample.ts";
import { opened, PAGE, shows, smallReport } from "./_inspector_page.ts";
import { type Browser, drop, hasChromium, launch } from "./_chromium.ts";

const START = BigInt(Date.UTC(2026, 2, 2, 6)) * 1000n;

/** A test with the inspector's page in a browser. */
function test(
  name: string,
  fn: (page: Page, browser: Browser) => Promise<void>,
  options: Parameters<typeof launch>[0] = {},
): void {
  Deno.test({
    name,
    ignore: !hasChromium,
    async fn() {
      await using browser = await launch(options);
      await browser.page.goto(PAGE);
      await fn(browser.page, browser);
      assertEquals(browser.troubles, []);
    },
  });
}

/** A report of rows. */
function reportOf(rows: readonly ReadingRow[]): Uint8Array {
  return ArchFXFlexibleDictionaryReport.fromColumns({ device: 0x1234, columns: columnsOf(rows) })
    .encode();
}

/** Readings of one stream, a second apart. */
function seconds(values: readonly number[], stream = 0x5001, firstId = 1n): ReadingRow[] {
  return values.map((value, at) => [
    firstId + BigInt(at),
    START + BigInt(at) * 1_000_000n,
    stream,
    value,
  ]);
}

async function open(page: Page, bytes: Uint8Array, name = "shift.mp"): Promise<void> {
  await drop(page, "#inspector", name, bytes);
  await page.getByRole("heading", { name }).waitFor();
  await opened(page);
}

const hash = (page: Page) => new URL(page.url()).hash;
const stream = (page: Page, name: string) => page.getByRole("checkbox", { name });

test("inspector shows whole numbers in full and marks rounded ones", async (page) => {
  const values = [1_000_000_000_001, 1_000_000_000_004, 1 / 3, 2 ** 53 - 1, -0];
  await open(page, reportOf(seconds(values)));
  const table = await page.locator(".table").innerText();
  for (
    const text of [
      "1,000,000,000,001",
      "1,000,000,000,004",
      "\u22480.3333333333",
      "9,007,199,254,740,991",
      "\u22120",
    ]
  ) assertStringIncludes(table, text);
  await page.locator(".table-layer .table-row").nth(2).click();
  await page.locator(".reading-detail strong").getByText("0.3333333333333333").waitFor();
});

test("inspector draws every selected stream, and lists them if there are too many", async (page) => {
  const rows = Array.from({ length: 10 }, (_, at) => seconds([at, at + 1], 0x5001 + at)).flat();
  await open(page, reportOf(rows.map(([, ...row], at) => [BigInt(at + 1), ...row])));
  assertEquals(await page.locator(".legend-line").count(), 8);
  await page.getByText("The chart shows the 8 streams with the most readings, of 10.").waitFor();
  await stream(page, "0000-5001").check();
  await stream(page, "0000-5003").check();
  await page.locator(".readings h3").getByText("streams 0000-5001, 0000-5003").waitFor();
  assertEquals(await page.locator(".legend-line").allInnerTexts(), ["0000-5001", "0000-5003"]);
  assertEquals(await page.locator(".charted").innerText(), "");
  await page.locator(".table-layer .table-row").nth(4).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Only 0000-5002" }).click();
  await page.locator(".readings h3").getByText("stream 0000-5002").waitFor();
  await page.locator(".legend").waitFor({ state: "hidden" });
});

test("inspector keeps streams, range, order and the report over a reload, and Back works", async (page) => {
  await open(page, smallReport());
  await stream(page, "0001-5001").check();
  await page.locator(".readings h3").getByText("stream 0001-5001").waitFor();
  const whole = await page.locator(".chart-canvas").evaluate((chart) => {
    const { from, to } = (chart as HTMLElement).dataset;
    return Number(to) - Number(from);
  });
  await page.getByRole("button", { name: "Zoom in" }).click();
  await shows(page, whole, 0.5);
  await page.getByRole("button", { name: "Value" }).click();
  await page.locator('[aria-sort="ascending"]').waitFor();
  await page.waitForFunction(() => /range=.*sort=|sort=.*range=/.test(location.hash));
  await page.reload();
  await page.getByRole("heading", { name: "shift.mp" }).waitFor();
  await page.locator(".readings h3").getByText("stream 0001-5001").waitFor();
  await shows(page, whole, 0.5);
  await page.locator('[aria-sort="ascending"]').waitFor();
  await stream(page, "0000-5090").check();
  await page.locator(".readings h3").getByText("streams").waitFor();
  await page.goBack();
  await page.locator(".readings h3").getByText("stream 0001-5001").waitFor();
  assertStringIncludes(hash(page), "streams=0001-5001");
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByText("Drop a report here").waitFor();
  await page.reload();
  await page.getByText("Drop a report here").waitFor();
});

test("inspector steps through readings with a problem, shows only those, and marks them in the chart", async (page) => {
  const rows = seconds(Array.from({ length: 300 }, (_, at) => at % 50 === 49 ? NaN : at));
  rows[100] = [0n, rows[100][1], rows[100][2], 5];
  await open(page, reportOf(rows));
  const detail = page.locator(".reading-detail");
  for (const reading of [50, 100, 101, 150]) {
    await page.getByRole("button", { name: "Next problem" }).click();
    await detail.getByText(`Reading ${reading} of 300`).waitFor();
  }
  await page.getByRole("button", { name: "Previous problem" }).click();
  await detail.getByText("no id: the cloud never counts it").waitFor();
  await page.locator(".table").focus();
  await page.keyboard.press("p");
  await detail.getByText("its value is not a finite number").waitFor();
  // There are marks in the colour of errors on the axis.
  const marks = await page.locator(".chart canvas").evaluate((element) => {
    const canvas = element as unknown as HTMLCanvasElement;
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
    let found = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] === 179 && data[at + 1] === 38 && data[at + 2] === 30) found++;
    }
    return found;
  });
  assert(marks > 100, `${marks} pixels of marks`);
  await page.getByLabel("Only the 7 readings with a problem").check();
  await page.waitForFunction(() =>
    document.querySelectorAll(".table-layer .table-row").length === 7
  );
  await page.locator(".table-head").getByText("Problem").waitFor();
});

test("inspector marks the point of a row, and selects the row of a point", async (page) => {
  await open(page, reportOf(seconds(Array.from({ length: 50 }, (_, at) => at % 10))));
  const canvas = page.locator(".chart canvas");
  const before = await canvas.screenshot();
  await page.locator(".table-layer .table-row").nth(3).click();
  await page.locator(".reading-detail").getByText("Reading 4 of 50").waitFor();
  const marked = await canvas.screenshot();
  assert(before.length !== marked.length || before.some((byte, at) => byte !== marked[at]));
  const { x, y, width, height } = (await page.locator(".u-over").boundingBox())!;
  await page.mouse.click(x + width / 2, y + height / 2);
  await page.locator(".reading-detail").getByText(/Reading 2[456] of 50/).waitFor();
});

test("inspector shows the complete readings of a report that was cut off", async (page) => {
  const whole = sampleReport(40_000);
  const rough = Math.round(whole.length * 0.78);
  await open(page, whole.slice(0, rough), "cut.mp");
  const alert = page.getByRole("alert");
  const text = await alert.innerText();
  const [, complete] = /announces 40,000 readings, contains (\d\d,\d{3}) complete ones/.exec(text)!;
  const count = Number(complete.replace(",", ""));
  assert(count > 30_000 && count < 33_000, text);
  await page.locator(".facts").getByText(`${complete} of 40,000`).waitFor();
});

test("inspector says that a stream has no finite value, and leaves out columns without content", async (page) => {
  await open(page, reportOf(seconds([NaN, Infinity, NaN])));
  await page.locator(".chart-note").getByText("no value in view is a finite number").waitFor();
  await page.locator(".stream-row").getByText("no finite value").waitFor();
  const titles = async () =>
    (await page.locator(".table-head [role=columnheader]").allInnerTexts()).map((text) =>
      text.trim()
    );
  assertEquals(await titles(), ["Time (UTC)", "Value", "Stream", "Reading id", "Problem"]);
  await open(page, reportOf(seconds([1, 2, 3])), "next.mp");
  assertEquals(await titles(), ["Time (UTC)", "Value", "Stream", "Reading id"]);
  await open(page, smallReport(), "last.mp");
  assertEquals((await titles()).at(-1), "Data");
});

test("inspector copies rows that can be pasted as a table", async (page, browser) => {
  await browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, reportOf(seconds([1_000_000_000_004, 1 / 3, 3])));
  const selected = page.locator('.table-row[aria-selected="true"]');
  // Keys do nothing before the table has its first rows.
  for (let attempt = 0; attempt < 50 && await selected.count() !== 2; attempt++) {
    await page.waitForTimeout(100);
    await page.locator(".table").focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("Shift+ArrowDown");
  }
  assertEquals(await selected.count(), 2);
  await page.keyboard.press("Control+c");
  const copied = await page.evaluate(() => navigator.clipboard.readText() as Promise<string>);
  assertEquals(copied.split("\n").map((line) => line.split("\t")), [
    ["Time (UTC)", "Value", "Stream", "Reading id"],
    ["2026-03-02 06:00:00", "1000000000004", "0000-5001", "1"],
    ["2026-03-02 06:00:01", "0.3333333333333333", "0000-5001", "2"],
  ]);
});

test(
  "inspector has Value beside Time in sight at 390 pixels, and labels that do not touch",
  async (page) => {
    await open(page, smallReport());
    const right = await page.locator(".table").evaluate((table) => {
      const value = table.querySelector(".table-layer .table-row > :nth-child(2)")!;
      return value.getBoundingClientRect().right - table.getBoundingClientRect().right;
    });
    assert(right <= 0, `${right} pixels of Value are out of sight`);
    for (let press = 0; press < 12; press++) {
      await page.getByRole("button", { name: "Zoom in" }).click();
    }
    await page.waitForFunction(() => {
      const { from, to } = document.querySelector<HTMLElement>(".chart-canvas")!.dataset;
      return Number(to) - Number(from) < 0.1;
    });
  },
  { width: 390, height: 800 },
);

test("inspector distinguishes selected rows and streams in forced colours", async (page) => {
  await page.emulateMedia({ forcedColors: "active" });
  await open(page, smallReport());
  await page.locator(".table-layer .table-row").nth(2).click();
  const outline = (selector: string) =>
    page.locator(selector).first().evaluate((element) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(element as Element);
      return `${outlineStyle} ${outlineWidth}`;
    });
  assertEquals(await outline('.table-row[aria-selected="true"]'), "solid 2px");
  assert((await outline('.table-row[aria-selected="false"]')).startsWith("none"));
  assertEquals(await outline(".stream-row:has(:checked)"), "solid 2px");
});
