/** An emulator with the demo seed for tests of commands, and the environment that names it. */
import { createEmulator, type Emulator } from "../../src/emulator/mod.ts";
import { withFolder } from "./_archfx.ts";

/** A running emulator. */
export interface Cloud {
  url: string;
  /**
   * The address and a token, for the environment of a command: a login by password would take as long as the command.
   */
  env: Record<string, string>;
}

/** Runs a task with an emulator. */
export async function withCloud(task: (cloud: Cloud) => Promise<void>): Promise<void> {
  const emulator = await createEmulator({ seed: "demo" });
  const server = await emulator.listen({ port: 0 });
  try {
    const answer = await emulator.fetch(`${server.url}/api/v1/auth/login/`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ email: "user@example.com", password: "my.pass" }),
    });
    const { token } = await answer.json();
    await task({
      url: server.url,
      env: { ARCHFX_DOMAIN: server.url, ARCHFX_TOKEN: token },
    });
  } finally {
    await server.close();
    await emulator.close();
  }
}

/** An emulator, a folder, and the environment with a login by password. */
export interface Beside {
  readonly emulator: Emulator;
  readonly cwd: string;
  readonly env: Record<string, string>;
}

/** Runs a task in a new folder with an emulator that it may change. */
export function withEmulator(task: (beside: Beside) => Promise<void>): Promise<void> {
  return withFolder(async (cwd) => {
    const emulator = await createEmulator();
    try {
      const { url } = await emulator.listen();
      const env = {
        ARCHFX_DOMAIN: url,
        ARCHFX_EMAIL: "user@example.com",
        ARCHFX_PASSWORD: "my.pass",
      };
      await task({ emulator, cwd, env });
    } finally {
      await emulator.close();
    }
  });
}
