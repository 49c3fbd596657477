/**
 * The folder of a user's configuration.
 *
 * @module
 */
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/**
 * The folder of archfx's own files: `$XDG_CONFIG_HOME/archfx` or `~/.config/archfx`, on macOS
 * `~/Library/Application Support/archfx`, on Windows `%APPDATA%\archfx`.
 */
export function configFolder(
  env: Readonly<Record<string, string | undefined>>,
  platform: string = process.platform,
): string {
  // The XDG specification: a relative path must be ignored.
  const xdg = env.XDG_CONFIG_HOME?.startsWith("/") ? env.XDG_CONFIG_HOME : undefined;
  const home = env.HOME || env.USERPROFILE || homedir();
  if (xdg) return join(xdg, "archfx");
  if (platform === "win32") return join(env.APPDATA || join(home, "AppData", "Roaming"), "archfx");
  if (platform === "darwin") return join(home, "Library", "Application Support", "archfx");
  return join(home, ".config", "archfx");
}
