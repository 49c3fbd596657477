/** Members of an organisation, and the details that a member can see. */
import { choosePage, type Envelope, envelope, PAGE } from "../http/paging.ts";
import { forbidden } from "../http/error_response.ts";
import type { Store } from "../store/store.ts";
import type { Condition, Values } from "../store/table.ts";
import { type ApiRequest, isAdmin } from "./request.ts";

const ROLE_NAMES: Readonly<Record<string, string>> = { admin: "Admin", member: "Member" };
const ROLES: Readonly<Record<string, string>> = { admin: "a1", member: "m1" };

/** The members of organisations. */
export class Members {
  #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** GET org/<slug>/members/: for admins. */
  list(request: ApiRequest, org: Values): Envelope {
    if (!isAdmin(request, org.slug)) {
      throw forbidden("Access Denied due to lack of sufficient permissions");
    }
    const where: Condition[] = [{ column: "org", is: "=", value: org.slug }];
    if (request.query.get("all") !== "1") where.push({ column: "is_active", is: "=", value: 1 });
    const { member } = this.#store.tables;
    const count = member.count(where);
    const page = choosePage(request.query, PAGE, count);
    const rows = member.list(where, page.size, page.offset);
    return envelope(request.url, page, count, rows.map((row) => this.#show(row)));
  }

  /** The fields of GET org/<slug>/extra/: counts, and the membership of the caller. */
  extra(request: ApiRequest, org: Values): Values {
    const { member, ...counts } = this.#store.accounts.counts(org.slug);
    const plural = Object.entries(counts).map(([name, n]) => [`${name}s`, n]);
    const own = this.#store.tables.member.list([
      { column: "org", is: "=", value: org.slug },
      { column: "account", is: "=", value: request.caller.account.slug },
    ])[0];
    return {
      counts: { ...Object.fromEntries(plural), members: member },
      current_member: own ? this.#show(own) : {},
    };
  }

  #show(row: Values): Values {
    const account = this.#store.tables.account.find("slug", row.account)!;
    return {
      user: row.account,
      user_details: {
        email: account.email,
        username: account.username,
        name: account.name,
        slug: account.slug,
        tagline: account.tagline,
      },
      created_on: row.created_on,
      is_active: row.is_active,
      is_org_admin: row.role === "admin",
      role: ROLES[row.role],
      role_name: ROLE_NAMES[row.role],
    };
  }
}
