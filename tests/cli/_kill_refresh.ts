/** Kills archfx repeatedly during a token refresh: for a test and for the soak run. */
import { assert, assertEquals } from "@std/assert";
import type { Emulator } from "../../src/emulator/mod.ts";
import { archfx, spawn } from "./_archfx.ts";

/** What happened. */
export interface KillResult {
  /**
   * Kills during a refresh: the server had received the request, and the new tokens were not in the file yet.
   */
  met: number;
  /** Of these, the kills after which the file had a valid token. */
  kept: number;
  /** Those after which the new token was lost between the server and the disk: a new login is needed. */
  lost: number;
  /** Kills that were too late: the new tokens were in the file, or the process had ended. */
  late: number;
}

/** Where it happens. */
export interface KillOptions {
  emulator: Emulator;
  url: string;
  env: Record<string, string>;
  /** The credentials file. */
  file: string;
  /** How many kills during a refresh are needed. */
  rounds: number;
  /** Uniform in 0 to 1. */
  random: () => number;
}

/** Logs in with the password of the demo seed. */
export async function login(url: string, env: Record<string, string>): Promise<void> {
  const ended = await archfx(
    ["login", "--user", "user@example.com", "--domain", url, "--password-stdin"],
    { env, input: "my.pass\n" },
  );
  assertEquals(ended.code, 0, ended.err);
}

/**
 * Lets a command refresh its token and kills it with SIGKILL at a random time around the response. After each
 * kill, the file must be readable, and the next command must work or require a login; after a kill that was too
 * late, it must work.
 */
export async function killDuringRefresh(options: KillOptions): Promise<KillResult> {
  const { emulator, url, env, file, rounds, random } = options;
  const result = { met: 0, kept: 0, lost: 0, late: 0 };
  await login(url, env);
  while (result.met < rounds) {
    assert(result.late <= 20 + 4 * rounds, `${result.late} kills came too late: none can be met`);
    emulator.expireTokens();
    emulator.faults.clear();
    emulator.faults.add({ kind: "delay", milliseconds: 30, path: "auth/api-jwt-refresh/" });
    const before = await Deno.readTextFile(file);
    const child = spawn(["get", "org"], { env });
    await refreshBegun(emulator);
    await new Promise((resolve) => setTimeout(resolve, random() * 60));
    try {
      child.kill("SIGKILL");
    } catch (error) {
      // It was faster than the signal; the file must also be valid then.
      if (!(error instanceof TypeError)) throw error;
    }
    const { signal } = await child.output();
    const after = await Deno.readTextFile(file);
    assertEquals(Object.keys(JSON.parse(after).clouds), [url]);
    const met = signal === "SIGKILL" && after === before;
    assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
    const { code, err } = await archfx(["get", "org"], { env });
    assert(code === 0 || met && code === 3, err);
    if (met) result.met++;
    else result.late++;
    if (!met) continue;
    if (code === 0) result.kept++;
    else {
      result.lost++;
      await login(url, env);
    }
  }
  return result;
}

async function refreshBegun(emulator: Emulator): Promise<void> {
  for (let tries = 0; tries < 5_000; tries++) {
    // The fault is used up when the call has arrived.
    if (emulator.faults.list().length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error("no refresh was sent");
}
