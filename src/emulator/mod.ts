/**
 * ArchFX Cloud on this machine: an emulator that works like the real one for a client.
 *
 * It is for tests, demos and CI jobs, like the emulators of other clouds. It serves the same API
 * over HTTP or as a `fetch` in process, stores its data in SQLite, and causes the faults
 * that a test asks for.
 *
 * @example Without a socket
 * ```ts
 * import { Api } from "@archfx/cloud";
 * import { createEmulator } from "@archfx/cloud/emulator";
 * import { assertEquals } from "@std/assert";
 *
 * await using emulator = await createEmulator();
 * const fetch: typeof globalThis.fetch = (input, init) => emulator.fetch(new Request(input, init));
 * const api = new Api("https://arch.archfx.io", { fetch });
 * assertEquals(await api.login({ email: "user@example.com", password: "my.pass" }), true);
 * ```
 *
 * @module
 */
export { createEmulator, Emulator, type EmulatorSnapshot } from "./emulator.ts";
export { type CheckedCounting, Counting, type CountingOptions } from "./reports/counting.ts";
export type { EmulatorOptions } from "./options.ts";
export type { Listening, ListenOptions } from "./server.ts";
export { loadSeed } from "./seeds/load.ts";
export { DEMO_API_KEY, DEMO_EMAIL, DEMO_PASSWORD } from "./seeds/demo.ts";
export type {
  Seed,
  SeedAccount,
  SeedDevice,
  SeedMachine,
  SeedOrg,
  SeedPlace,
  SeedUnit,
} from "./seeds/seed.ts";
export {
  ConnectionDropped,
  type Fault,
  type FaultKind,
  Faults,
  type FaultSpec,
  type FaultTarget,
  type SetFault,
} from "./control/faults.ts";
export {
  type EmulatorEvent,
  Events,
  type NewEvent,
  type ReportEvent,
  type RequestEvent,
  type StateEvent,
} from "./control/events.ts";
