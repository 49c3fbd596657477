/** account: the row of the caller. */
import { showAccount, timestamp } from "../auth/sessions.ts";
import { choosePage, type Envelope, envelope, PAGE } from "../http/paging.ts";
import { notFound } from "../http/error_response.ts";
import type { Account } from "../store/accounts.ts";
import type { Store } from "../store/store.ts";
import { type Field, validate } from "./fields.ts";
import { type ApiRequest, seesAll } from "./request.ts";

const FIELDS: Readonly<Record<string, Field>> = {
  name: { kind: "text", max: 120 },
  tagline: { kind: "text", max: 260 },
};

/** Accounts. */
export class AccountService {
  #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** GET account/: staff sees all with `?staff=1`. */
  list(request: ApiRequest): Envelope {
    const { account } = this.#store.tables;
    const where = seesAll(request)
      ? []
      : [{ column: "id", is: "=" as const, value: request.caller.account.id }];
    const count = account.count(where);
    const page = choosePage(request.query, PAGE, count);
    const rows = account.list(where, page.size, page.offset)
      .map(({ id }) => showAccount(this.#store.accounts.byId(id)!));
    return envelope(request.url, page, count, rows);
  }

  /** GET account/<slug>/. */
  get(request: ApiRequest, slug: string): Record<string, unknown> {
    return showAccount(this.#find(request, slug));
  }

  /** PUT and PATCH of the caller's row: name and tagline. */
  update(request: ApiRequest, slug: string, body: unknown): Record<string, unknown> {
    const account = this.#find(request, slug);
    const changes = validate(FIELDS, body, true, () => undefined);
    this.#store.tables.account.update("id", account.id, {
      ...changes,
      updated_at: timestamp(request.now),
    });
    return showAccount(this.#store.accounts.byId(account.id)!);
  }

  #find(request: ApiRequest, slug: string): Account {
    const row = this.#store.tables.account.find("slug", slug);
    const account = row && this.#store.accounts.byId(row.id);
    if (!account || (account.id !== request.caller.account.id && !seesAll(request))) {
      throw notFound();
    }
    return account;
  }
}
