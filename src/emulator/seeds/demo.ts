/** The demo seed: an organisation with two sites, its machines and devices. */
import type { Seed } from "./seed.ts";

/**
 * The account that the documentation uses.
 *
 * @example
 * ```ts
 * import { createEmulator, DEMO_EMAIL, DEMO_PASSWORD } from "@archfx/cloud/emulator";
 * import { assertEquals } from "@std/assert";
 *
 * await using emulator = await createEmulator();
 * const response = await emulator.fetch("http://emulator/api/v1/auth/login/", {
 *   method: "POST",
 *   headers: { "Content-Type": "application/json" },
 *   body: JSON.stringify({ email: DEMO_EMAIL, password: DEMO_PASSWORD }),
 * });
 * assertEquals(response.status, 200);
 * await response.body?.cancel();
 * ```
 */
export const DEMO_EMAIL = "user@example.com";
/**
 * The password of {@linkcode DEMO_EMAIL}.
 *
 * @example
 * ```ts
 * import { DEMO_PASSWORD } from "@archfx/cloud/emulator";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(DEMO_PASSWORD, "my.pass");
 * ```
 */
export const DEMO_PASSWORD = "my.pass";

/**
 * The API key of {@linkcode DEMO_EMAIL}, for `Authorization: Api-Key KEY`.
 *
 * @example
 * ```ts
 * import { createEmulator, DEMO_API_KEY } from "@archfx/cloud/emulator";
 * import { assertEquals } from "@std/assert";
 *
 * await using emulator = await createEmulator();
 * const response = await emulator.fetch("http://emulator/api/v1/org/", {
 *   headers: { Authorization: `Api-Key ${DEMO_API_KEY}` },
 * });
 * assertEquals((await response.json()).results[0].slug, "acme");
 * ```
 */
export const DEMO_API_KEY = "demo0001.user";

const LINES = ["pl--0000-0001", "pl--0000-0002", "pl--0000-0003", "pl--0000-0004"];

/** The demo seed. */
export const demo: Seed = {
  accounts: [
    { email: DEMO_EMAIL, password: DEMO_PASSWORD, name: "Demo User", apiKey: DEMO_API_KEY },
    {
      email: "operator@example.com",
      password: DEMO_PASSWORD,
      name: "Line Operator",
      apiKey: "demo0002.operator",
    },
    {
      email: "staff@example.com",
      password: DEMO_PASSWORD,
      name: "Staff",
      staff: true,
      apiKey: "demo0003.staff",
    },
    {
      email: "other@example.com",
      password: DEMO_PASSWORD,
      name: "Of another organisation",
      apiKey: "demo0004.other",
    },
  ],
  orgs: [
    {
      name: "Acme",
      slug: "acme",
      about: "Makes circuit boards",
      members: { [DEMO_EMAIL]: "admin", "operator@example.com": "member" },
    },
    { name: "Globex", slug: "globex", members: { "other@example.com": "admin" } },
  ],
  sites: [
    { name: "Guadalajara", org: "acme" },
    { name: "Penang", org: "acme" },
    { name: "Springfield", org: "globex" },
  ],
  areas: [
    { name: "Building 1", site: "ps--0000-0001", type: "building" },
    { name: "Test", site: "ps--0000-0001", type: "functional" },
    { name: "Building A", site: "ps--0000-0002", type: "building" },
  ],
  lines: [
    { name: "SMT 1", site: "ps--0000-0001", area: "pa--0000-0001", type: "smt" },
    { name: "SMT 2", site: "ps--0000-0001", area: "pa--0000-0001", type: "smt" },
    { name: "Box build", site: "ps--0000-0001", type: "assembly" },
    { name: "SMT A", site: "ps--0000-0002", area: "pa--0000-0003", type: "smt" },
    { name: "Line of another organisation", site: "ps--0000-0003" },
  ],
  machines: [
    machine("Printer", "DEK", "Horizon 03iX", LINES[0]),
    machine("Placer", "Fuji", "NXT III", LINES[0]),
    machine("Oven", "Heller", "1936 MK7", LINES[0]),
    machine("Printer", "DEK", "Horizon 03iX", LINES[1]),
    machine("Placer", "ASM", "SIPLACE TX", LINES[1]),
    machine("Press", "Schmidt", "ServoPress 420", LINES[2]),
    machine("Placer", "Panasonic", "NPM-W2", LINES[3]),
    machine("Tester", "Keysight", "i3070", "pa--0000-0002"),
  ],
  devices: [
    ...Array.from({ length: 16 }, (_, i) => {
      const id = i + 1;
      // Two devices a machine.
      const machine = (i >> 1) + 1;
      const parent = machine <= 3
        ? LINES[0]
        : machine <= 5
        ? LINES[1]
        : machine === 6
        ? LINES[2]
        : machine === 7
        ? LINES[3]
        : "pa--0000-0002";
      return {
        id,
        label: `Tap ${id}`,
        externalId: `tap-${String(id).padStart(2, "0")}`,
        connectorType: i % 2 === 0 ? "hw-tap" : "opc-ua",
        parent,
        machine: `d--0000-0001-0000-${machine.toString(16).padStart(4, "0")}`,
      };
    }),
    { id: 0x1234, label: "Tap of the README", externalId: "tap-readme", parent: LINES[0] },
    { id: 0x20, label: "In a box, not claimed" },
    { id: 0x21, label: "Retired", parent: LINES[0], active: false },
    { id: 0x30, label: "Of another organisation", parent: "pl--0000-0005" },
  ],
  units: [
    { variable: "0000-5051", short: "pcs", full: "Pieces" },
    { variable: "0000-5090", short: "s", full: "Seconds" },
    { variable: "0001-5001", short: "\u00b0C", full: "Degrees Celsius" },
    { variable: "0001-5002", short: "bar", full: "Bar" },
    { variable: "0001-5003", short: "mm/s", full: "Millimetres per second" },
  ],
};

function machine(label: string, brand: string, model: string, parent: string) {
  return { label, brand, model, serialNumber: `${brand.slice(0, 2).toUpperCase()}-1001`, parent };
}
