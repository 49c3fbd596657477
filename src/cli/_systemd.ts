/**
 * Telling systemd that a service is ready and alive, by the program `systemd-notify`: no runtime sends unix
 * datagrams.
 *
 * @module
 */
import { spawn } from "node:child_process";

/** A message of a service. */
interface Systemd {
  ready(): void;
  stop(): void;
}

/**
 * Sends a message to systemd, if systemd runs this process and wants messages.
 *
 * @param env The environment.
 * @param answer Asks what the service depends on. The watchdog is told only after an answer, whatever it is: a disk that
 * never returns from a write ends in a restart.
 */
export function notifySystemd(
  env: Readonly<Record<string, string | undefined>>,
  answer: () => Promise<unknown>,
): Systemd {
  if (!env.NOTIFY_SOCKET) return { ready() {}, stop() {} };
  const tell = (...states: string[]) => {
    const child = spawn("systemd-notify", states, { stdio: "ignore" });
    child.on("error", () => {}); // Without the program, systemd waits until its own limit.
    child.unref();
  };
  let isAsking = false;
  const alive = () => {
    if (isAsking) return;
    isAsking = true;
    // An error is an answer too: the store is alive.
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
