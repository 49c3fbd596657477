/** Requests for other host names than those of this machine. */
import { assertEquals } from "@std/assert";
import { get } from "node:http";
import { createEmulator } from "@archfx/cloud/emulator";

/** The status of a request with this Host. */
function statusFor(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const path = "/__emulator__/requests";
    get({ host: "127.0.0.1", port, path, headers: { host }, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    }).once("error", reject);
  });
}

Deno.test("Emulator.listen() answers only requests for names of this machine", async () => {
  const emulator = await createEmulator({ seed: "empty" });
  const { port } = await emulator.listen({ port: 0 });
  for (
    const host of ["127.0.0.1", "localhost", "[::1]", `localhost:${port}`, `127.0.0.1:${port}`]
  ) {
    assertEquals(await statusFor(port, host), 200, host);
  }
  for (
    const host of ["evil.example", `evil.example:${port}`, "127.0.0.1.evil.example", "10.0.0.1"]
  ) {
    assertEquals(await statusFor(port, host), 421, host);
  }
  await emulator.close();
});

Deno.test("Emulator.listen() accepts any host name if it is exposed", async () => {
  const emulator = await createEmulator({ seed: "empty" });
  const { port } = await emulator.listen({ port: 0, expose: true });
  assertEquals(await statusFor(port, "emulator.ci.example"), 200);
  await emulator.close();
});
