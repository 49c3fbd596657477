/// <reference lib="dom" />
/**
 * Checks every view of both pages with axe, in light, dark and forced colours.
 *
 * Run by `deno task test:browser`.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { client, report, signIn, test } from "./_console_page.ts";
import { opened, PAGE, smallReport } from "./_inspector_page.ts";
import { drop } from "./_chromium.ts";

/** The rules of WCAG 2.2, A and AA, and of best practice, by name. */
const RULES = [
  "accesskeys",
  "area-alt",
  "aria-allowed-attr",
  "aria-allowed-role",
  "aria-braille-equivalent",
  "aria-command-name",
  "aria-conditional-attr",
  "aria-deprecated-role",
  "aria-dialog-name",
  "aria-hidden-body",
  "aria-hidden-focus",
  "aria-input-field-name",
  "aria-meter-name",
  "aria-progressbar-name",
  "aria-prohibited-attr",
  "aria-required-attr",
  "aria-required-children",
  "aria-required-parent",
  "aria-roledescription",
  "aria-roles",
  "aria-tab-name",
  "aria-text",
  "aria-toggle-field-name",
  "aria-tooltip-name",
  "aria-treeitem-name",
  "aria-valid-attr",
  "aria-valid-attr-value",
  "audio-caption",
  "autocomplete-valid",
  "avoid-inline-spacing",
  "blink",
  "button-name",
  "bypass",
  "color-contrast",
  "css-orientation-lock",
  "definition-list",
  "dlitem",
  "document-title",
  "duplicate-id-aria",
  "empty-heading",
  "empty-table-header",
  "focus-order-semantics",
  "form-field-multiple-labels",
  "frame-focusable-content",
  "frame-tested",
  "frame-title",
  "frame-title-unique",
  "heading-order",
  "hidden-content",
  "html-has-lang",
  "html-lang-valid",
  "html-xml-lang-mismatch",
  "image-alt",
  "image-redundant-alt",
  "input-button-name",
  "input-image-alt",
  "label",
  "label-content-name-mismatch",
  "label-title-only",
  "landmark-banner-is-top-level",
  "landmark-complementary-is-top-level",
  "landmark-contentinfo-is-top-level",
  "landmark-main-is-top-level",
  "landmark-no-duplicate-banner",
  "landmark-no-duplicate-contentinfo",
  "landmark-no-duplicate-main",
  "landmark-one-main",
  "landmark-unique",
  "link-in-text-block",
  "link-name",
  "list",
  "listitem",
  "marquee",
  "meta-refresh",
  "meta-viewport",
  "meta-viewport-large",
  "nested-interactive",
  "no-autoplay-audio",
  "object-alt",
  "p-as-heading",
  "page-has-heading-one",
  "presentation-role-conflict",
  "region",
  "role-img-alt",
  "scope-attr-valid",
  "scrollable-region-focusable",
  "select-name",
  "server-side-image-map",
  "skip-link",
  "summary-name",
  "svg-img-alt",
  "tabindex",
  "table-duplicate-name",
  "table-fake-caption",
  "target-size",
  "td-has-header",
  "td-headers-attr",
  "th-has-data-cells",
  "valid-lang",
  "video-caption",
];

/** The problems that axe finds on the current page: rule, severity, place. */
async function findings(page: Page, view: string): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async (rules) => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core").default };
    const { violations } = await axe.run(document, { runOnly: { type: "rule", values: rules } });
    return violations.map(({ id, impact, nodes }) =>
      `${id} (${impact}): ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`
    );
  }, RULES);
  return found.map((text) => `${view}: ${text}`);
}

Deno.test("the rules include all rules of axe for these standards", () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  assertEquals(axe.getRules(tags).map(({ ruleId }) => ruleId).sort(), RULES);
});

for (
  const [mode, width] of [["light", 1280], ["dark", 1280], ["forced", 1280], [
    "light",
    390,
  ]] as const
) {
  const options = {
    width,
    height: 900,
    colorScheme: mode === "dark" ? "dark" : "light",
  } as const;
  test(
    `axe finds nothing on any view of the console, ${mode}, ${width} pixels`,
    async ({ page, url, emulator }) => {
      if (mode === "forced") await page.emulateMedia({ forcedColors: "active" });
      const all: string[] = [];
      const look = async (view: string) => void all.push(...await findings(page, view));
      await page.getByText("account of the demo seed").waitFor();
      await look("sign in");
      await signIn(page);
      await look("nothing yet");
      const api = await client(url);
      await report(1, 300).upload(api);
      await page.locator(".stream-view .table-layer .table-row").first().waitFor();
      await look("stream");
      await page.locator(".stream-view .table-layer .table-row").nth(2).click();
      await page.getByLabel("Which readings").selectOption("range");
      await look("range");
      await page.locator(".reports summary").click();
      await look("streams of a report");
      await page.getByRole("treeitem", { name: "Acme, org" }).click();
      await look("organisation");
      await page.getByRole("tab", { name: "Requests" }).click();
      await page.locator(".request-path").first().click();
      await look("request");
      await page.getByRole("tab", { name: "Faults" }).click();
      await look("no fault");
      emulator.faults.add({ kind: "delay", milliseconds: 1, times: "always" });
      await page.getByText("1 ms late").waitFor();
      await look("faults");
      await page.getByRole("tab", { name: "Inspect a report" }).click();
      await look("drop a report");
      await emulator.close();
      await page.getByText("The emulator has stopped").waitFor();
      await look("stopped");
      assertEquals(all, []);
    },
    options,
  );

  test(
    `axe finds nothing on any view of the inspector, ${mode}, ${width} pixels`,
    async ({ page }) => {
      if (mode === "forced") await page.emulateMedia({ forcedColors: "active" });
      const all: string[] = [];
      const look = async (view: string) => void all.push(...await findings(page, view));
      await page.goto(PAGE);
      await look("empty");
      await page.getByRole("button", { name: "20,000 readings" }).click();
      await opened(page);
      await look("five streams");
      const small = smallReport();
      await drop(page, "#inspector", "shift.mp", small);
      await page.getByRole("heading", { name: "shift.mp" }).waitFor();
      await opened(page);
      await page.getByRole("button", { name: "Next problem" }).click();
      await page.locator(".problem-text").waitFor();
      await look("problems");
      await drop(page, "#inspector", "cut.mp", small.slice(0, 10_000));
      await page.getByText("Incomplete report").waitFor();
      await look("cut off");
      await drop(page, "#inspector", "line.csv", new TextEncoder().encode("a,b\n1,2\n"));
      await page.getByText("This is a CSV").waitFor();
      await look("another file");
      assertEquals(all, []);
    },
    options,
  );
}
