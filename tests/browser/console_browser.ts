/// <reference lib="dom" />
/**
 * The emulator's console in headless Chromium, against the real emulator on loopback.
 *
 * Run by `deno task test:browser`.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { createEmulator } from "@archfx/cloud/emulator";
import { drop, faintText, overflow } from "./_chromium.ts";
import { charted, client, EMAIL, PASSWORD, report, signIn, test } from "./_console_page.ts";

test("console rejects a wrong password, signs in, survives a reload and signs out", async ({ page }) => {
  await page.getByText("account of the demo seed").waitFor();
  await page.getByLabel("Password").fill("wrong");
  await page.keyboard.press("Enter");
  await page.getByText("Username or password is wrong.").waitFor();
  await page.getByLabel("Password").fill(PASSWORD);
  await signIn(page);
  await page.reload();
  await page.getByRole("treeitem", { name: "Acme, org" }).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
});

test("console inspects a dropped report, sends it, and its chart updates with later reports", async ({ page, url, browser }) => {
  await signIn(page);
  await page.getByText("No report has arrived yet").waitFor();
  await drop(page, "body", "first.mp", report(1, 300).encode());
  await page.getByRole("heading", { name: "first.mp" }).waitFor();
  await page.locator(".problems.fine").waitFor();
  await page.getByRole("button", { name: "Send to the emulator" }).click();
  await page.getByText("300 readings added.").waitFor();
  await page.getByRole("button", { name: "Send to the emulator" }).click();
  await page.getByText("Nothing in it was new: its ids are too low.").waitFor();

  await page.getByRole("tab", { name: "Factory" }).click();
  await charted(page, 300);
  const canvas = page.locator(".stream-view canvas");
  const before = await canvas.screenshot();
  const api = await client(url);
  assertEquals(await report(201, 300).upload(api), 200);
  await charted(page, 500);
  assert(!equal(before, await canvas.screenshot()), "the drawing changed");
  await page.locator(".stream-view").getByText("2026-03-02 06:08:20.000 UTC").waitFor();

  const rows = page.locator(".reports tbody tr");
  await rows.nth(2).waitFor();
  const cells = await rows.evaluateAll((rows) =>
    rows.map((row) => {
      const { children } = row as unknown as { children: Iterable<{ textContent: string }> };
      return [...children].map(({ textContent }) => textContent).slice(1, 5);
    })
  );
  assertEquals(cells, [
    ["d--0000-0000-0000-0001", "300", "200", "100"],
    ["d--0000-0000-0000-0001", "300", "0", "300"],
    ["d--0000-0000-0000-0001", "300", "300", "0"],
  ]);
  assertEquals(await page.locator(".reports th").allTextContents(), [
    "When (UTC)",
    "Device",
    "Readings",
    "New",
    "Ids too low",
    "Size",
    "Took",
    "Outcome",
  ]);
  assertEquals(browser.troubles, []);
});

test("console follows a hundred reports that arrive at the same time", async ({ page, url, browser }) => {
  await signIn(page);
  const api = await client(url);
  await report(1, 50).upload(api);
  await charted(page, 50);
  // Uploads of one streamer go one after another: ten streamers, ten reports each.
  await Promise.all(
    Array.from({ length: 10 }, async (_, streamer) => {
      const own = await client(url);
      for (let at = 0; at < 10; at++) {
        await report(1 + at * 20, 20, 0x200 + streamer).upload(own);
      }
    }),
  );
  await charted(page, 50 + 10 * 10 * 20);
  await page.waitForFunction(() => document.querySelectorAll(".reports tbody tr").length === 100);
  assertEquals(browser.troubles, []);
});

test("console shows why a report was rejected", async ({ page, url }) => {
  await signIn(page);
  const api = await client(url);
  await api("streamer/report").uploadFp(
    { name: "report.mp", data: new TextEncoder().encode("no report") },
    { params: { timestamp: new Date().toISOString() } },
  ).catch(() => undefined);
  const row = page.locator(".reports tbody tr").first();
  await row.getByText("rejected").waitFor();
  await page.locator(".reports .note").getByText("parse error").waitFor();
});

test("console sets faults that affect clients but not the console", async ({ page, url }) => {
  await signIn(page);
  const api = await client(url);
  await page.getByRole("tab", { name: "Faults" }).click();
  await page.getByRole("button", { name: "503 for the next 3 calls" }).click();
  await page.getByText("responds with 503").waitFor();
  await page.getByRole("tab", { name: /Faults\s*1/ }).waitFor();
  // The console reads the factory again, and none of the three calls is used up.
  await page.reload();
  await page.getByRole("tab", { name: /Faults\s*1/ }).click();
  for (let call = 0; call < 3; call++) {
    const status = await api.org.get().then(() => 200, (error) => error.status);
    assertEquals(status, 503);
  }
  await page.getByText("No fault is set.").waitFor();
  assertEquals((await api.org.get()).count, 1);

  await page.getByLabel("What goes wrong").selectOption("delay");
  await page.getByLabel("Delay, ms").fill("50");
  await page.getByLabel("Calls (empty: every)").fill("");
  await page.getByRole("button", { name: "Set the fault" }).click();
  await page.getByText("50 ms late").waitFor();
  await page.getByText("every call", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Remove: 50 ms late" }).click();
  await page.getByText("No fault is set.").waitFor();
  await page.getByLabel("What goes wrong").selectOption("delay");
  await page.getByLabel("Delay, ms").fill("600001");
  await page.getByRole("button", { name: "Set the fault" }).click();
  await page.getByRole("alert").getByText("milliseconds").waitFor();
});

test("console resets the emulator after a confirmation", async ({ page, url }) => {
  await signIn(page);
  await report(1, 100).upload(await client(url));
  await charted(page, 100);
  await page.getByRole("tab", { name: "Faults" }).click();
  const asked: string[] = [];
  page.on("dialog", (dialog) => {
    asked.push(dialog.message());
    return asked.length === 1 ? dialog.dismiss() : dialog.accept();
  });
  await page.getByRole("button", { name: "Reset the emulator" }).click();
  await page.waitForTimeout(200);
  assertEquals(await page.locator(".reports tbody tr").count(), 1);
  await page.getByRole("button", { name: "Reset the emulator" }).click();
  await page.getByText("The emulator has been reset to its initial data.").waitFor();
  await page.getByRole("tab", { name: "Factory" }).click();
  await page.getByText("No report has arrived yet").waitFor();
  await page.getByText("Choose a stream in the tree").waitFor();
  assertEquals(asked.length, 2);
});

test("console logs the requests of clients, without secrets and without its own", async ({ page, url }) => {
  await signIn(page);
  await page.getByRole("tab", { name: "Requests" }).click();
  await page.getByText("No request yet").waitFor();
  const api = await client(url);
  await api("org" as string).get({ page: 1, token: "very-secret" });
  await report(1, 5).upload(api);
  const log = page.locator(".requests");
  await log.getByText("file=report.mp").waitFor();
  const text = await log.innerText();
  assert(text.includes("/api/v1/org/") && text.includes(EMAIL), text);
  for (const secret of ["very-secret", PASSWORD, api.token as string]) {
    assert(!text.includes(secret), secret);
  }
  await page.getByLabel("Filter the requests").fill("post 201");
  assertEquals(await log.locator("tbody tr").count(), 1);
  await page.getByRole("button", { name: "Clear" }).click();
  await page.getByText("No request yet").waitFor();
});

test("console is used by keyboard alone: tabs, tree and chart", async ({ page, url }) => {
  const api = await client(url);
  await report(1, 100).upload(api);
  await signIn(page);
  const focusOn = (role: string) =>
    page.waitForFunction(
      (role) => document.activeElement!.getAttribute("role") === role,
      role,
    );
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press("Tab");
    const role = await page.evaluate(() => document.activeElement!.role);
    if (role === "tab") break;
  }
  await page.keyboard.press("ArrowRight");
  await page.getByRole("tab", { name: "Requests", selected: true }).waitFor();
  await page.keyboard.press("Home");
  await page.getByRole("tab", { name: "Factory", selected: true }).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await focusOn("treeitem");
  await page.keyboard.press("Home");
  // Down from the organisation to the stream of the device: open and step in, repeatedly.
  for (const name of ["Acme", "Guadalajara", "Building 1", "SMT 1"]) {
    await page.waitForFunction(
      (name) => document.activeElement!.ariaLabel!.startsWith(`${name}, `),
      name,
    );
    if (
      await page.evaluate(() => document.activeElement!.ariaExpanded) === "false"
    ) {
      await page.keyboard.press("ArrowRight");
    }
    await page.keyboard.press("ArrowRight");
  }
  await page.keyboard.type("print");
  for (let level = 0; level < 4; level++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await charted(page, 100);
  await page.locator(".chart-canvas").focus();
  await page.keyboard.press("+");
  await page.waitForFunction(() =>
    Number(document.querySelector<HTMLElement>(".chart-canvas")!.dataset.count) < 60
  );
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`console fits 380 pixels and is readable, ${colorScheme}`, async ({ page, url }) => {
    assertEquals(await overflow(page), 0);
    assertEquals(await faintText(page), []);
    await signIn(page);
    await report(1, 200).upload(await client(url));
    await charted(page, 200);
    for (const name of ["Factory", "Requests", "Faults", "Inspect a report"]) {
      await page.getByRole("tab", { name }).click();
      assertEquals(await overflow(page), 0, name);
      assertEquals(await faintText(page), [], name);
    }
  }, { width: 380, height: 800, colorScheme });
}

test("console follows a window that becomes narrow", async ({ page, url }) => {
  await signIn(page);
  await report(1, 200).upload(await client(url));
  await charted(page, 200);
  await page.setViewportSize({ width: 380, height: 800 });
  await page.waitForFunction(() =>
    document.querySelector(".stream-view canvas")!.clientWidth < 360
  );
  assertEquals(await overflow(page), 0);
});

test("console shows text from the cloud as text", async ({ page, url, browser }) => {
  const api = await client(url);
  const name = '<img src=x onerror="document.title=1">';
  await api.site.post({ name, org: "acme" });
  await signIn(page);
  await page.getByRole("treeitem", { name }).click();
  await page.getByRole("heading", { name }).waitFor();
  assertEquals(await page.locator("img").count(), 0);
  assertEquals(await page.title(), "ArchFX Cloud emulator");
  assertEquals(browser.troubles, []);
});

test("console contacts no other host, and its policy forbids it", async ({ page, url, browser }) => {
  await signIn(page);
  await drop(page, "body", "one.mp", report(1, 10).encode());
  await page.locator(".problems.fine").waitFor();
  const elsewhere = browser.requests.filter((asked) =>
    !asked.startsWith(`${url}/`) && !/^(?:data|blob):/.test(asked)
  );
  assertEquals(elsewhere, []);
  assertEquals(browser.troubles, []);
  const blocked = await page.evaluate(() =>
    fetch("http://127.0.0.1:9/").then(() => "sent", () => "blocked")
  );
  assertEquals(blocked, "blocked");
  assert(browser.troubles.length > 0, "the policy blocked it");
});

test("console asks for a new login when its tokens are rejected", async ({ page }) => {
  await signIn(page);
  await page.getByRole("tab", { name: "Faults" }).click();
  await page.getByRole("button", { name: "Expire all access tokens" }).click();
  await page.getByText("have expired").waitFor();
  await page.reload();
  await page.getByRole("tab", { name: "Factory" }).click();
  await page.getByRole("treeitem", { name: "Acme, org" }).waitFor();
  await page.getByRole("tab", { name: "Faults" }).click();
  await page.getByRole("button", { name: "Revoke all refresh tokens" }).click();
  await page.getByText("revoked.").waitFor();
  await page.getByRole("button", { name: "Expire all access tokens" }).click();
  await page.getByText("have expired").waitFor();
  await page.getByRole("tab", { name: "Factory" }).click();
  await page.reload();
  await page.getByText("The session has ended. Please sign in again.").waitFor();
  await signIn(page);
});

test("console shows that the connection is lost, and catches up when it is back", async ({ page, url, emulator, db }) => {
  await signIn(page);
  await page.getByText("live", { exact: true }).waitFor();
  const port = Number(new URL(url).port);
  await emulator.close();
  await page.getByText("connection lost").waitFor();
  const next = await createEmulator({ seed: "demo", db });
  try {
    // Reports from before the reconnection are also shown.
    await report(1, 50).upload(await client((await next.listen({ port })).url));
    await page.locator(".reports tbody tr").first().waitFor({ timeout: 20_000 });
    await page.getByText("live", { exact: true }).waitFor();
  } finally {
    await next.close();
  }
});

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
