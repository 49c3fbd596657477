/** A request for the services: the caller, the query, the address. */
import type { Caller } from "../auth/sessions.ts";

/** The data of a request that a service needs. */
export interface ApiRequest {
  readonly caller: Caller;
  readonly url: URL;
  readonly query: URLSearchParams;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** Whether staff asks to see everything. */
export function seesAll({ caller, query }: ApiRequest): boolean {
  return caller.account.is_staff && query.get("staff") === "1";
}

/** Whether the account is in an organisation, or sees all. */
export function isMember(request: ApiRequest, org: string | null): boolean {
  return seesAll(request) || (org !== null && request.caller.roles.has(org));
}

/** Whether the account has the admin role in an organisation, or is staff. */
export function isAdmin({ caller }: ApiRequest, org: string | null): boolean {
  return caller.account.is_staff || (org !== null && caller.roles.get(org) === "admin");
}
