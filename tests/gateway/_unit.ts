/** The systemd unit of the documentation. */

/** Its text. */
export const UNIT_FILE: URL = new URL("../../docs/archfx-gateway.service", import.meta.url);

/** The environment that it gives a gateway. */
export function unitEnvironment(): Record<string, string> {
  const lines = Deno.readTextFileSync(UNIT_FILE).matchAll(/^Environment=(.*)$/gm);
  const pairs = [...lines].flatMap(([, text]) =>
    Array.from(text!.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, plain]) => quoted ?? plain!)
  );
  return Object.fromEntries(pairs.map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at), pair.slice(at + 1)];
  }));
}
