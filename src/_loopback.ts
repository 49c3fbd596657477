/**
 * Recognises the hosts that are this machine.
 *
 * @module
 */

const LOOPBACK = /^(?:(?:localhost|.+\.localhost)\.?|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i;

/**
 * Whether a host is this machine, so that data sent to it never reaches a network.
 *
 * @param host A name or an address without its port, such as `URL.hostname`; an IPv6 address may be in brackets.
 */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}
