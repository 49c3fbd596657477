/**
 * Shows the status of a gateway on a terminal, and updates it until the gateway is stopped.
 *
 * @module
 */
import type { Gateway } from "../gateway/mod.ts";
import type { Context } from "./_command.ts";
import { screenLines } from "./_gateway_screen.ts";
import { statusLines } from "./_gateway_text.ts";
import { MovingScreen } from "./_moving_screen.ts";

const REFRESH_MS = 1000;

/** Shows a gateway until it is stopped, and leaves its last status on the terminal. */
export function liveView(
  context: Context,
  gateway: Pick<Gateway, "status">,
): { stop(): Promise<void> } {
  const screen = new MovingScreen(context.io);
  let before = new Map<string, number>();
  let at = performance.now();
  let left: string[] = [];
  let drawing: Promise<void> | undefined;
  const draw = async () => {
    const status = await gateway.status();
    const seconds = (performance.now() - at) / 1000;
    at = performance.now();
    const rates = new Map(
      status.sources.map(({ name, readings }) =>
        [name, (readings - (before.get(name) ?? readings)) / seconds] as const
      ),
    );
    before = new Map(status.sources.map(({ name, readings }) => [name, readings]));
    left = statusLines(status);
    const { columns, rows } = context.io;
    await screen.show(screenLines(status, rates, { columns, rows, now: new Date() }));
  };
  const next = () => {
    // Reading the status fails while the gateway stops.
    drawing ??= draw().catch(() => {}).finally(() => drawing = undefined);
  };
  next();
  const timer = setInterval(next, REFRESH_MS);
  return {
    async stop() {
      clearInterval(timer);
      await drawing;
      await screen.close(left.map((line) => `${line}\n`).join(""));
    },
  };
}
