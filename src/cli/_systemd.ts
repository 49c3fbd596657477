/**
 * Tells systemd that a service is ready and alive, with the program `systemd-notify`, because no runtime can send
 * unix datagrams.
 *
 * @module
 */
import { spawn } from "node:child_process";

/** The messages of a service. */
interface Systemd {
  ready(): void;
  stop(): void;
}

/**
 * Sends messages to systemd, if systemd runs this process and expects them.
 *
 * @param env The environment.
 * @param answer Queries what the service depends on. The watchdog is notified only after a response, of any kind,
 * so a disk that never returns from a write causes a restart.
 */
export function notifySystemd(
  env: Readonly<Record<string, string | undefined>>,
  answer: () => Promise<unknown>,
): Systemd {
  if (!env.NOTIFY_SOCKET) return { ready() {}, stop() {} };
  const tell = (...states: string[]) => {
    const child = spawn("systemd-notify", states, { stdio: "ignore" });
    child.on("error", () => {}); // Without the program, systemd waits until its timeout.
    child.unref();
  };
  let isAsking = false;
  const alive = () => {
    if (isAsking) return;
    isAsking = true;
    // An error is a response, too: the store is alive.
    answer().catch(() => {}).then(() => {
      isAsking = false;
      tell("WATCHDOG=1");
    });
  };
  const watchdogMs = Number(env.WATCHDOG_USEC ?? 0) / 1000;
  const timer = watchdogMs > 0 ? setInterval(alive, watchdogMs / 3) : undefined;
  return {
    ready: () => tell("--ready"),
    stop() {
      clearInterval(timer);
      tell("STOPPING=1");
    },
  };
}
