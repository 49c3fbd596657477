/** The console at `/`: the files of `src/emulator/console`. */
import { consoleAsset } from "../console/mod.ts";
import type { App } from "./_route.ts";

/** Serves the console. */
export function consoleRoutes(app: App): void {
  app.get("*", async (c, next) => await consoleAsset(c.req.path) ?? await next());
}
