/// <reference lib="dom" />
/**
 * Helpers for the tests of the inspector's page.
 *
 * @module
 */
import { ArchFXDataPoint, ArchFXFlexibleDictionaryReport } from "@archfx/cloud";
import type { Page } from "playwright-core";

/** The page's file. */
export const PAGE: string = new URL("../../docs/inspector.html", import.meta.url).href;

/** A small report of two streams; the second one has data, the last reading has no id. */
export function smallReport(): Uint8Array {
  const point = (at: number, stream: string, value: number, readingId: number) =>
    new ArchFXDataPoint({
      timestamp: new Date(Date.UTC(2026, 2, 2, 6, 0, at)),
      stream,
      value,
      readingId,
      summaryData: stream === "0000-5090" ? { lot: `<b>${at}</b>` } : undefined,
    });
  return ArchFXFlexibleDictionaryReport.fromReadings({
    device: "d--0000-0000-0000-1234",
    reportId: 42,
    sentTimestamp: "2026-03-02T07:00:00Z",
    data: [
      ...Array.from({ length: 200 }, (_, at) => point(at, "0001-5001", 20 + at / 8, 1000 + at)),
      point(200, "0000-5090", 12.5, 1200),
      point(201, "0000-5090", 12.75, 0),
    ],
  }).encode();
}

/** The text of the first cells of a column in the table. */
export function column(page: Page, at: number): Promise<string[]> {
  return page.locator(`.table-layer .table-row > :nth-child(${at})`).allTextContents();
}

/** Wait until the table shows readings. */
export async function opened(page: Page): Promise<void> {
  await page.locator(".table-layer .table-row").first().waitFor({ timeout: 120_000 });
  await page.waitForFunction(
    () => !document.querySelector(".table-layer")!.textContent.includes("\u00b7"),
  );
}

/** Seconds that the chart shows. */
export function shownSeconds(page: Page): Promise<number> {
  return page.locator(".chart-canvas").evaluate((chart) => {
    const { from, to } = (chart as HTMLElement).dataset;
    return Number(to) - Number(from);
  });
}

/** Wait until the chart shows a share of its whole time. */
export async function shows(page: Page, whole: number, share: number): Promise<void> {
  await page.waitForFunction(([whole, share]) => {
    const { from, to } = document.querySelector<HTMLElement>(".chart-canvas")!.dataset;
    return Math.abs((Number(to) - Number(from)) / whole - share) < 0.01;
  }, [whole, share]);
}

/** The file that a click on the button downloads. */
export async function download(page: Page): Promise<string> {
  const started = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download CSV" }).click();
  return await (await started).path();
}
