/**
 * Which HTTP proxy the environment names for an address.
 *
 * The variables are those of curl and Python: `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, in
 * lower or upper case. A proxy is never used for this machine: it would send the request, with its token, to its
 * own machine.
 *
 * @module
 */
import { isLoopback } from "../_loopback.ts";
import { envOf, mayRead } from "./_runtime.ts";
import { ImproperlyConfigured } from "./errors/named_errors.ts";

/** Reads a variable of the environment. */
type Env = (name: string) => string | undefined;

/** The proxy for an address; undefined for a direct connection. */
export function proxyFor(url: URL, env: Env = envOf): URL | undefined {
  if (isLoopback(url.hostname)) return undefined;
  const name = `${url.protocol.slice(0, -1)}_proxy`;
  const address = either(env, name) ?? either(env, "all_proxy");
  if (address === undefined || isExcluded(url, either(env, "no_proxy") ?? "")) return undefined;
  let proxy: URL | undefined;
  try {
    proxy = new URL(address.includes("://") ? address : `http://${address}`);
  } catch { /* reported below */ }
  if (proxy?.protocol === "http:" || proxy?.protocol === "https:") return proxy;
  throw new ImproperlyConfigured(
    `Cannot use the proxy that ${name} or all_proxy names: it must be an address such as ` +
      '"http://proxy.example.com:3128"',
  );
}

/** Whether the runtime's `fetch` may use a proxy for plain http, even to this machine. */
export function mayUseProxy(): boolean {
  return ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"].some((name) =>
    !mayRead(name) || envOf(name) !== undefined
  );
}

function either(env: Env, name: string): string | undefined {
  return env(name) ?? env(name.toUpperCase());
}

/** Entries are host names, which include their subdomains, addresses, IPv4 networks and `*`. */
function isExcluded({ hostname, port, protocol }: URL, list: string): boolean {
  const host = hostname.replace(/\.$/, "").toLowerCase();
  const actualPort = port || (protocol === "https:" ? "443" : "80");
  return list.split(/[\s,]+/).some((item) => {
    if (item === "") return false;
    if (item === "*") return true;
    const network = /^([\d.]+)\/(\d+)$/.exec(item);
    if (network) return isInNetwork(host, network[1], Number(network[2]));
    const [, name, onPort] = /^(.*?)(?::(\d+))?$/.exec(item.toLowerCase())!;
    if (onPort !== undefined && onPort !== actualPort) return false;
    const bare = name.replace(/^\*?\./, "");
    return host === bare || host.endsWith(`.${bare}`);
  });
}

function isInNetwork(host: string, network: string, bits: number): boolean {
  const [address, base] = [addressOf(host), addressOf(network)];
  if (address === undefined || base === undefined || bits > 32) return false;
  return Math.floor(address / 2 ** (32 - bits)) === Math.floor(base / 2 ** (32 - bits));
}

function addressOf(text: string): number | undefined {
  const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text)?.slice(1).map(Number);
  return parts?.reduce((sum, part) => sum * 256 + part, 0);
}
