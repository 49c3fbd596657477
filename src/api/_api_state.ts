/**
 * The state of an Api, kept beside the object so that an inspection does not show it.
 *
 * @module
 */
import type { Client } from "./_client.ts";

/** The state of an Api. */
export interface State {
  readonly client: Client;
  readonly domain: string;
}

/** The states by Api, and by the target of its proxy. */
export const states: WeakMap<object, State> = new WeakMap();

/** The state of an Api. */
export function stateOf(api: object): State {
  const state = states.get(api);
  if (!state) throw new TypeError("Cannot use this method: call it on its Api, as in api.method()");
  return state;
}

/** The client of an Api. */
export function clientOf(api: object): Client {
  return stateOf(api).client;
}
