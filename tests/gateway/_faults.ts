/** Faults of a plant: servers and gateways that are killed, frozen and cut off. */
import type { Namespaces } from "./_namespaces.ts";
import { delay } from "./_nats_cluster.ts";
import type { Fault, GatewayProcess, Scene } from "./_plant_run.ts";

const between = (scene: Scene, low: number, high: number) => low + scene.chance() * (high - low);

/** Kills a server: the leader every second time. */
export function killServer(): Fault {
  let times = 0;
  return async (scene) => {
    const cluster = scene.cluster!;
    const victim = times++ % 2 === 0
      ? await scene.leader()
      : Math.floor(scene.chance() * cluster.size);
    await cluster.kill(victim);
    await delay(between(scene, 500, 3000));
    cluster.start(victim);
  };
}

/** Freezes a server, as a virtual machine that is moved. */
export function freezeServer(longestMs = 6000): Fault {
  return async (scene) => {
    const victim = Math.floor(scene.chance() * scene.cluster!.size);
    await scene.cluster!.freeze(victim, between(scene, 500, longestMs));
  };
}

/** Kills all servers at once, as a power cut does, and starts them again. */
export function killAllServers(): Fault {
  return async ({ cluster }) => {
    const all = Array.from({ length: cluster!.size }, (_, i) => i);
    await Promise.all(all.map((i) => cluster!.kill(i)));
    for (const i of all) cluster!.start(i);
    // On a slow machine, the next power cut would come before anything was stored.
    await Promise.all(all.map((i) => cluster!.current(i)));
  };
}

/** A server loses its disk and comes back without; nothing else goes wrong until it has caught up. */
export function loseDisk(): Fault {
  return async ({ cluster, chance }) => {
    const victim = Math.floor(chance() * cluster!.size);
    await cluster!.loseDisk(victim);
    await delay(1000);
    cluster!.start(victim);
    await cluster!.current(victim);
  };
}

function pick(scene: Scene, role: "collector" | "sender"): GatewayProcess | undefined {
  const found = scene.gateways.filter(({ plant, done }) =>
    !done && (plant.role === role || plant.role === "both")
  );
  return found[Math.floor(scene.chance() * found.length)];
}

/** Kills a gateway; it is started again. */
export function killGateway(role: "collector" | "sender"): Fault {
  return async (scene) => {
    const victim = pick(scene, role);
    if (!await victim?.kill()) return;
    await delay(between(scene, 0, 1000));
    victim!.start();
  };
}

/** Freezes a gateway: a sender's lease goes stale, and it wakes up in the middle of a report. */
export function freezeGateway(role: "collector" | "sender", longestMs = 12_000): Fault {
  return async (scene) => {
    await pick(scene, role)?.freeze(between(scene, 500, longestMs));
  };
}

/** Cuts a server off, the leader every second time, and joins it again. */
export function cutOffServer(
  namespaces: Namespaces,
  from: "everything" | "other servers",
): Fault {
  let times = 0;
  return async (scene) => {
    const victim = times++ % 2 === 0
      ? await scene.leader()
      : Math.floor(scene.chance() * scene.cluster!.size);
    await (from === "everything" ? namespaces.cut(victim) : namespaces.cutFromOthers(victim));
    await delay(between(scene, 2000, 15_000));
    await namespaces.join(victim);
  };
}

/** Cuts every connection to the servers. */
export function cutConnections(): Fault {
  return ({ proxies }) => {
    for (const proxy of proxies) proxy.cut();
    return Promise.resolve();
  };
}
