/** An emulator with the demo seed for tests of commands, and the environment that names it. */
import { createEmulator } from "../../src/emulator/mod.ts";

/** A running emulator. */
export interface Cloud {
  url: string;
  /** The address and a login, for the environment of a command. */
  env: Record<string, string>;
}

/** Runs a task beside an emulator. */
export async function withCloud(task: (cloud: Cloud) => Promise<void>): Promise<void> {
  const emulator = await createEmulator({ seed: "demo" });
  const server = await emulator.listen({ port: 0 });
  try {
    await task({
      url: server.url,
      env: {
        ARCHFX_DOMAIN: server.url,
        ARCHFX_EMAIL: "user@example.com",
        ARCHFX_PASSWORD: "my.pass",
      },
    });
  } finally {
    await server.close();
    await emulator.close();
  }
}
