/// <reference lib="dom" />
/**
 * Debian's Chromium for the browser tests, with an empty profile each time.
 *
 * @module
 */
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { CHROMIUM_ARGUMENTS } from "../_chromium_arguments.ts";

const PATH = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";

/** Whether there is a browser for the tests; prints one line if it is missing. */
export const hasChromium: boolean = (() => {
  try {
    return Deno.statSync(PATH).isFile;
  } catch {
    console.log(`No Chromium at ${PATH}: the browser tests are skipped`);
    return false;
  }
})();

/** A browser with one page. */
export interface Browser extends AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Requested addresses, in order. */
  readonly requests: string[];
  /** The problems of the page: uncaught errors, and requests that the policy of the page has blocked. */
  readonly troubles: string[];
}

/** Start a browser. */
export async function launch(options: {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: "light" | "dark";
} = {}): Promise<Browser> {
  const { width = 1280, height = 900, colorScheme = "light" } = options;
  const profile = await Deno.makeTempDir({ prefix: "archfx-chromium-" });
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: PATH,
    headless: true,
    acceptDownloads: true,
    viewport: { width, height },
    colorScheme,
    args: CHROMIUM_ARGUMENTS,
  });
  const page = context.pages()[0] ?? await context.newPage();
  const requests: string[] = [];
  const troubles: string[] = [];
  context.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("console", (message) => {
    if (/Content Security Policy/i.test(message.text())) troubles.push(message.text());
  });
  return {
    context,
    page,
    requests,
    troubles,
    async [Symbol.asyncDispose]() {
      await context.close();
      await Deno.remove(profile, { recursive: true }).catch(() => undefined);
    },
  };
}

/** Drop a file on an element with the events of a person: dragenter, dragover, drop. */
export async function drop(
  page: Page,
  selector: string,
  name: string,
  bytes: Uint8Array,
): Promise<void> {
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  await page.evaluate(({ selector, name, text }) => {
    const data = new DataTransfer();
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    data.items.add(new File([bytes], name));
    const target = document.querySelector(selector)!;
    for (const type of ["dragenter", "dragover", "drop"]) {
      target.dispatchEvent(
        new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }),
      );
    }
  }, { selector, name, text });
}

/**
 * Text on the page with too little contrast (WCAG 2.2, 4.5 to 1), with its ratio.
 *
 * Only text on a background colour is measured, not text on a canvas.
 */
export function faintText(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const context = document.createElement("canvas").getContext("2d", {
      willReadFrequently: true,
    })!;
    const rgba = (color: string): number[] => {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = color;
      context.fillRect(0, 0, 1, 1);
      return [...context.getImageData(0, 0, 1, 1).data];
    };
    const over = ([r, g, b, a]: number[], below: number[]): number[] =>
      [r, g, b].map((part, at) => part * (a / 255) + below[at] * (1 - a / 255));
    const behind = (element: Element | null): number[] => {
      if (element === null) return [255, 255, 255];
      const own = rgba(getComputedStyle(element).backgroundColor);
      return own[3] === 255 ? own.slice(0, 3) : over(own, behind(element.parentElement));
    };
    const light = (color: number[]): number => {
      const [r, g, b] = color.map((part) => {
        const share = part / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const faint: string[] = [];
    for (const element of document.querySelectorAll("body *")) {
      const text = [...element.childNodes].filter((node) => node.nodeType === 3)
        .map((node) => node.textContent!.trim()).join("");
      if (text === "" || element.closest(":disabled, .visually-hidden") !== null) continue;
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      const ground = behind(element);
      const ink = over(rgba(getComputedStyle(element).color), ground);
      const [a, b] = [light(ink), light(ground)].sort((x, y) => y - x);
      const ratio = (a + 0.05) / (b + 0.05);
      if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${text.slice(0, 40)}`);
    }
    return faint;
  });
}

/** By how much the page is wider than the window, in pixels. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => {
    // Wide content makes the window seem wider, so the real size of the window is used.
    const { width } = visualViewport!;
    return Math.max(document.documentElement.scrollWidth, innerWidth) - Math.round(width);
  });
}
