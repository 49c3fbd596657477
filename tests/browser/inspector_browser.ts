/// <reference lib="dom" />
/**
 * The inspector's page in headless Chromium, opened from its file without a server.
 *
 * Run by `deno task test:browser`.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { ArchFXFlexibleDictionaryReport, readCsv } from "@archfx/cloud";
import { sampleColumns } from "../../src/inspector/sample.ts";
import {
  column,
  download,
  opened,
  PAGE,
  shownSeconds,
  shows,
  smallReport,
} from "./_inspector_page.ts";
import { drop, faintText, hasChromium, launch, overflow } from "./_chromium.ts";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: !hasChromium, fn });
}

/** The column of reading ids, from 1. */
const ID = 4;

/** A script for the page that measures how long its thread was busy. */
interface Measured {
  longest: number;
}

test("inspector shows header, streams, problems and readings of a dropped report", async () => {
  await using browser = await launch();
  const { page } = browser;
  await page.goto(PAGE);
  await drop(page, "#inspector", "shift.mp", smallReport());
  await opened(page);
  const facts = await page.locator(".facts").innerText();
  for (
    const fact of [
      "d--0000-0000-0000-1234",
      "t--0000-0000-0000-1234--0100",
      "202",
      "1000 \u2013 1200",
      "2026-03-02 07:00:00.000",
      "3 min 21 s",
    ]
  ) assert(facts.includes(fact), `${fact} in ${facts}`);
  const streams = await page.locator(".stream-row").allInnerTexts();
  assertEquals(streams.length, 3);
  assert(/0001-5001\s+200/.test(streams[1]), streams[1]);
  assert(await page.locator(".problems li").count() >= 1);
  assertEquals((await column(page, ID)).slice(0, 2), ["1000", "1001"]);
  // Text of the report stays text.
  await page.locator(".stream-row").nth(2).click();
  await page.locator(".table-layer").getByText('{"lot":"<b>200</b>"}').click();
  await page.locator(".reading-detail").getByText('{"lot":"<b>200</b>"}').waitFor();
  assertEquals(await page.locator(".inspector b").count(), 0);
  assertEquals(browser.troubles, []);
});

test("inspector goes from a problem to its reading", async () => {
  await using browser = await launch();
  const { page } = browser;
  await page.goto(PAGE);
  await drop(page, "#inspector", "shift.mp", smallReport());
  await opened(page);
  await page.locator(".stream-row").nth(1).click();
  await page.locator(".problems").getByRole("button", { name: "reading 202" }).first().click();
  await page.locator('[aria-selected="true"]').getByText("none").waitFor();
  assert((await page.locator(".reading-detail").innerText()).includes("Reading 202 of 202"));
});

test("inspector says what kind of file it is if it is not a report, and opens the next one", async () => {
  await using browser = await launch();
  const { page } = browser;
  const report = smallReport();
  await page.goto(PAGE);
  const text = (content: string) => new TextEncoder().encode(content);
  const failing: [string, Uint8Array, RegExp][] = [
    ["empty.mp", new Uint8Array(0), /This file is empty/],
    ["line.csv", text("reading_id,value\r\n1,2\r\n"), /CSV.+archfx report encode line\.csv/],
    ["line.ndjson", text('{"value":1}\n{"value":2}\n'), /NDJSON.+archfx report encode/],
    ["page.mp", text("<!doctype html><title>404</title>"), /HTML or XML page/],
    ["line.csv.gz", Uint8Array.of(0x1f, 0x8b, 8, 0), /gzip/],
    ["head.mp", report.subarray(0, 20), /Cannot .+/],
  ];
  for (const [name, bytes, said] of failing) {
    await drop(page, "#inspector", name, bytes);
    const alert = page.getByRole("alert").filter({ hasText: name });
    await alert.waitFor();
    assert(said.test(await alert.innerText()), await alert.innerText());
  }
  assertEquals(await faintText(page), []);
  await drop(page, "#inspector", "whole.mp", report);
  await opened(page);
  assertEquals(await page.getByRole("alert").count(), 0);
});

test("inspector accepts the next report while one is opening, and closes in between", async () => {
  await using browser = await launch();
  const { page } = browser;
  await page.goto(PAGE);
  await page.getByRole("button", { name: "1,000,000 readings" }).click();
  await page.getByText("Encoding 1,000,000 readings").waitFor();
  await drop(page, "#inspector", "next.mp", smallReport());
  await opened(page);
  await page.locator(".table").focus();
  await page.keyboard.press("End");
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByText("Drop a report here").waitFor();
  await drop(page, "#inspector", "last.mp", smallReport());
  await opened(page);
  await page.getByRole("heading", { name: "last.mp" }).waitFor();
  assertEquals(browser.troubles, []);
});

test("inspector shows a report without readings", async () => {
  await using browser = await launch();
  const { page } = browser;
  const empty = ArchFXFlexibleDictionaryReport.fromReadings({ device: 1, data: [] }).encode();
  await page.goto(PAGE);
  await drop(page, "#inspector", "none.mp", empty);
  await page.getByText("This report has no readings.").waitFor();
  assertEquals(browser.troubles, []);
});

test("inspector opens, sorts, zooms and moves by keyboard alone", async () => {
  await using browser = await launch();
  const { page } = browser;
  const path = await Deno.makeTempFile({ suffix: ".mp" });
  await Deno.writeFile(path, smallReport());
  await page.goto(PAGE);
  const chooser = page.waitForEvent("filechooser");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await (await chooser).setFiles(path);
  await opened(page);

  const focused = () => page.evaluate(() => document.activeElement!.className as string);
  const tabTo = async (wanted: string) => {
    for (let presses = 0; presses < 40; presses++) {
      await page.keyboard.press("Tab");
      if ((await focused()).split(" ").includes(wanted)) return;
    }
    throw new Error(`No way to ${wanted} by Tab`);
  };
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement!.matches("[type=checkbox]"))) {
      break;
    }
  }
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await page.locator(".readings h3").getByText("stream 0001-5001").waitFor();

  await tabTo("chart-canvas");
  const whole = await shownSeconds(page);
  await page.keyboard.press("+");
  await shows(page, whole, 0.5);
  await page.keyboard.press("0");
  await shows(page, whole, 1);

  await tabTo("table");
  await page.keyboard.press("End");
  await page.locator('[aria-selected="true"]').getByText("1199").waitFor();
  await page.keyboard.press("Home");
  await page.locator('[aria-selected="true"]').getByText("1000").waitFor();
  await tabTo("table-sort");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await page.locator('[aria-sort="descending"]').waitFor();
  await page.waitForFunction(() =>
    document.querySelector(".table-layer .table-row > :nth-child(4)")?.textContent === "1199"
  );
  await Deno.remove(path);
});

test("inspector zooms to the dragged range, around the pointer, and back with a double-click", async () => {
  await using browser = await launch();
  const { page } = browser;
  await page.goto(PAGE);
  await drop(page, "#inspector", "shift.mp", smallReport());
  await opened(page);
  const plot = page.locator(".u-over");
  const { x, y, width, height } = (await plot.boundingBox())!;
  const whole = await shownSeconds(page);
  await page.mouse.move(x + width * 0.25, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.75, y + height / 2, { steps: 4 });
  await page.mouse.up();
  await shows(page, whole, 0.5);
  await page.locator(".chart-canvas").focus();
  await page.mouse.wheel(0, -100);
  await shows(page, whole, 0.375);
  await page.mouse.dblclick(x + width / 2, y + height / 2);
  await shows(page, whole, 1);
  assertEquals(browser.troubles, []);
});

test("inspector downloads CSV that equals the readings, of all streams and of one stream", async () => {
  await using browser = await launch();
  const { page } = browser;
  const columns = sampleColumns(20_000);
  await page.goto(PAGE);
  await page.getByRole("button", { name: "20,000 readings" }).click();
  await opened(page);
  const options = { columns: { readingId: "reading_id" } };
  let row = 0;
  for await (const chunk of readCsv(await Deno.readFile(await download(page)), options)) {
    for (let at = 0; at < chunk.length; at++, row++) {
      assertEquals(
        [BigInt(chunk.readingIds[at]), chunk.timestamps[at], chunk.streams[at], chunk.values[at]],
        [
          columns.readingIds[row],
          columns.timestamps[row],
          columns.streams[row],
          columns.values[row],
        ],
      );
    }
  }
  assertEquals(row, columns.length);

  await page.locator(".stream-row").nth(1).click();
  await page.locator(".readings h3").getByText("stream 0001-5001").waitFor();
  const text = await Deno.readTextFile(await download(page));
  const wanted = columns.streams.filter((stream) => stream === 0x15001).length;
  assertEquals(text.trimEnd().split("\r\n").length - 1, wanted);
});

test("inspector encodes and opens a million readings, 100 MB, without freezing", async () => {
  await using browser = await launch();
  const { page } = browser;
  await page.goto(PAGE);
  await page.evaluate(() => {
    const page = globalThis as unknown as Measured;
    page.longest = 0;
    let last = performance.now();
    setInterval(() => {
      const now = performance.now();
      page.longest = Math.max(page.longest, now - last);
      last = now;
    }, 4);
  });
  // Checks the measurement: a busy thread is noticed.
  await page.evaluate(() => {
    for (const end = performance.now() + 200; performance.now() < end;);
  });
  await page.waitForFunction(() => (globalThis as unknown as Measured).longest >= 200);
  await page.evaluate(() => (globalThis as unknown as Measured).longest = 0);
  const started = performance.now();
  await page.getByRole("button", { name: "1,000,000 readings" }).click();
  await opened(page);
  const took = performance.now() - started;
  const bytes = await page.locator(".report-head").innerText();
  assert(/\b(?:9\d|1[01]\d) MB/.test(bytes), bytes);

  // One key goes to the last row, and only visible rows exist.
  await page.locator(".table").focus();
  await page.keyboard.press("End");
  await page.locator('[aria-selected="true"]').getByText("1000000", { exact: true }).waitFor();
  assert(await page.locator(".table-layer .table-row").count() < 60);
  // The scroll bar reaches the middle, and the wheel moves by rows.
  await page.locator(".table").evaluate((table) => {
    const element = table as HTMLElement;
    element.scrollTop = (element.scrollHeight - element.clientHeight) / 2;
  });
  await page.waitForFunction(() => {
    const first = document.querySelector(".table-layer .table-row > :nth-child(4)")?.textContent;
    return Math.abs(Number(first) - 500_000) < 100;
  });
  const before = Number((await column(page, ID))[0]);
  await page.locator(".table").hover();
  await page.mouse.wheel(0, 280);
  await page.waitForFunction((before) => {
    const first = document.querySelector(".table-layer .table-row > :nth-child(4)")?.textContent;
    return Math.abs(Number(first) - before - 10) <= 1;
  }, before);

  // Zooming requests points again, until every reading is drawn.
  const chart = page.locator(".chart-canvas");
  const counts = async () =>
    await chart.evaluate((chart) => {
      const { count, points } = (chart as HTMLElement).dataset;
      return [Number(count), Number(points)];
    });
  const [all, drawn] = await counts();
  assert(all === 1_000_000 && drawn < 30_000, `${drawn} of ${all}`);
  await chart.focus();
  for (let presses = 0; presses < 10; presses++) {
    const before = (await counts())[0];
    await page.keyboard.press("+");
    await page.waitForFunction(
      (before) =>
        Number(document.querySelector<HTMLElement>(".chart-canvas")!.dataset.count) < before,
      before,
    );
  }
  const [few, shown] = await counts();
  assert(few > 0 && shown >= few, `${shown} of ${few}`);

  const longest = await page.evaluate(() => (globalThis as unknown as Measured).longest as number);
  console.log(
    `a report of a million readings was made and opened in ${(took / 1000).toFixed(1)} s; ` +
      `the page's own thread was busy for ${longest.toFixed(0)} ms at the longest`,
  );
  // If the page had decoded it itself, it would have been busy for most of that time.
  assert(longest < took / 5, `${longest} ms of ${took} ms`);
  assertEquals(browser.troubles, []);
});

test("inspector fits 380 pixels, is readable in light and dark, and remembers a choice", async () => {
  for (const colorScheme of ["light", "dark"] as const) {
    await using browser = await launch({ width: 380, height: 800, colorScheme });
    const { page } = browser;
    await page.goto(PAGE);
    assertEquals(await overflow(page), 0);
    assertEquals(await faintText(page), []);
    await drop(page, "#inspector", "shift.mp", smallReport());
    await opened(page);
    assertEquals(await overflow(page), 0);
    assertEquals(await faintText(page), []);
    const ground = () =>
      page.evaluate(() =>
        getComputedStyle(document.body)
          .backgroundColor as string
      );
    const first = await ground();
    await page.getByRole("button", { name: /theme$/ }).click();
    const second = await ground();
    assert(first !== second);
    await page.reload();
    assertEquals(await ground(), second);
  }
});

test("inspector requests only its own file, and its policy forbids everything else", async () => {
  await using browser = await launch();
  const { page, requests, troubles } = browser;
  await page.goto(PAGE);
  await drop(page, "#inspector", "shift.mp", smallReport());
  await opened(page);
  await download(page);
  assertEquals(requests.filter((url) => !/^(?:blob|data):/.test(url)), [PAGE]);
  assertEquals(troubles, []);
  const blocked = await page.evaluate(() =>
    fetch("http://127.0.0.1:9/").then(() => "sent", () => "blocked")
  );
  assertEquals(blocked, "blocked");
  assert(troubles.some((text) => text.includes("127.0.0.1:9")), "the policy blocked it");
});
