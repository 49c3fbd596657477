/// <reference lib="dom" />
/**
 * Helpers of the tests of the console: each test has its own emulator on loopback.
 *
 * @module
 */
import { assert } from "@std/assert";
import { Api, ArchFXDataPoint, ArchFXFlexibleDictionaryReport } from "@archfx/cloud";
import { createEmulator, type Emulator } from "@archfx/cloud/emulator";
import type { Page } from "playwright-core";
import { type Browser, hasChromium, launch } from "./_chromium.ts";

export const EMAIL = "user@example.com";
export const PASSWORD = "my.pass";

/** A console that a person has opened. */
export interface Opened {
  readonly browser: Browser;
  readonly page: Page;
  readonly url: string;
  readonly emulator: Emulator;
  /** The file of the emulator's store. */
  readonly db: string;
}

/** A test with its own emulator, and its console in a browser. */
export function test(
  name: string,
  fn: (opened: Opened) => Promise<void>,
  options: Parameters<typeof launch>[0] = {},
): void {
  Deno.test({
    name,
    ignore: !hasChromium,
    async fn() {
      const folder = await Deno.makeTempDir({ prefix: "archfx-console-" });
      const db = `${folder}/store.db`;
      const emulator = await createEmulator({ seed: "demo", db });
      try {
        const { url } = await emulator.listen({ port: 0 });
        await using browser = await launch(options);
        await browser.page.goto(url);
        await fn({ browser, page: browser.page, url, emulator, db });
      } finally {
        await emulator.close();
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

/** Sign in with the account that is filled in. */
export async function signIn(page: Page): Promise<void> {
  await page.getByText("account of the demo seed").waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("treeitem", { name: "Acme, org" }).waitFor();
}

/** A client with a login. */
export async function client(url: string): Promise<Api> {
  const api = new Api(url, { retries: 0 });
  assert(await api.login({ email: EMAIL, password: PASSWORD }));
  return api;
}

/** Readings of one stream, a second apart. */
export function report(firstId: number, length: number, streamer = 0x100) {
  return ArchFXFlexibleDictionaryReport.fromReadings({
    device: "d--0000-0000-0000-0001",
    streamer,
    sentTimestamp: new Date(),
    data: Array.from({ length }, (_, at) =>
      new ArchFXDataPoint({
        timestamp: new Date(Date.UTC(2026, 2, 2, 6) + (firstId + at) * 1000),
        stream: "0000-5001",
        value: 20 + Math.sin((firstId + at) / 30),
        readingId: firstId + at,
      })),
  });
}

/** Wait until the chart has a number of readings. */
export async function charted(page: Page, total: number): Promise<void> {
  await page.locator(`.chart[data-total="${total}"] .chart-canvas[data-count="${total}"]`)
    .waitFor();
}
