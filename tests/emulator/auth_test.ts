/** Login: the rows of "Signing in" in the description of the API, each by its name. */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { type Client, serving } from "./_client.ts";

const USER = { email: "user@example.com", password: "my.pass" };
const BY_NAME = { username: USER.email, password: USER.password };

async function pair(client: Client): Promise<{ access: string; refresh: string }> {
  return (await client.post("auth/api-jwt-auth/", BY_NAME)).body;
}

Deno.test("POST auth/login/ answers the account with jwt, jwt_refresh_token and the 40-hex token", () =>
  serving(async (client) => {
    const { status, body } = await client.post("auth/login/", USER);
    assertEquals(status, 200);
    assertEquals(body.username, "user");
    assertEquals(body.email, USER.email);
    assertMatch(body.token, /^[0-9a-f]{40}$/);
    assertMatch(body.jwt, /^[\w-]+\.[\w-]+\.[\w-]+$/);
    assertMatch(body.jwt_refresh_token, /^[\w-]+\.[\w-]+\.[\w-]+$/);
    assert(!("password" in body));
  }));

Deno.test("POST auth/login/ names the fields that are missing", () =>
  serving(async (client) => {
    const { status, body } = await client.post("auth/login/", { email: "" });
    assertEquals(status, 400);
    assertEquals(body, {
      email: ["This field may not be blank."],
      password: ["This field is required."],
    });
  }));

Deno.test("POST auth/login/ answers a bare text for a wrong password, and for an account that is not active", () =>
  serving(async (client) => {
    const wrong = await client.post("auth/login/", { ...USER, password: "wrong" });
    const unknown = await client.post("auth/login/", { ...USER, email: "nobody@example.com" });
    const retired = await client.post("auth/login/", {
      email: "gone@example.com",
      password: "my.pass",
    });
    for (const { status, body, headers } of [wrong, unknown, retired]) {
      assertEquals([status, body], [401, "Username/password combination invalid."]);
      assert(headers.get("www-authenticate"));
    }
  }, {
    seed: {
      accounts: [USER, { email: "gone@example.com", password: "my.pass", active: false }],
    },
  }));

Deno.test("POST auth/login/ answers 403 with a valid token and 401 with a stale one", () =>
  serving(async (client) => {
    const valid = await (await client.login(USER.email)).post("auth/login/", USER);
    assertEquals([valid.status, valid.body], [403, "Already Logged-in"]);
    const stale = await client.as("jwt stale").post("auth/login/", USER);
    assertEquals([stale.status, stale.body.code], [401, "token_not_valid"]);
  }));

Deno.test("POST auth/logout/ answers 204, and the JWT stays valid", () =>
  serving(async (client) => {
    const user = await client.login(USER.email);
    assertEquals((await user.post("auth/logout/", {})).status, 204);
    assertEquals((await user.get("org/")).status, 200);
    assertEquals((await client.post("auth/logout/", {})).status, 401);
  }));

Deno.test("POST auth/api-jwt-auth/ accepts JSON and forms, and rejects with the messages of SimpleJWT", () =>
  serving(async (client) => {
    const json = await client.post("auth/api-jwt-auth/", BY_NAME);
    assertEquals(Object.keys(json.body).sort(), ["access", "refresh"]);
    const form = await client.send("POST", "auth/api-jwt-auth/", {
      body: new URLSearchParams(BY_NAME),
    });
    assertEquals([form.status, Object.keys(form.body).sort()], [200, ["access", "refresh"]]);
    const wrong = await client.post("auth/api-jwt-auth/", { ...BY_NAME, password: "x" });
    assertEquals([wrong.status, wrong.body], [401, {
      detail: "No active account found with the given credentials",
    }]);
  }));

Deno.test("POST auth/api-jwt-refresh/ rotates, and a used token is blacklisted", () =>
  serving(async (client) => {
    const first = await pair(client);
    const second = await client.post("auth/api-jwt-refresh/", { refresh: first.refresh });
    assertEquals(second.status, 200);
    assertNotEquals(second.body.refresh, first.refresh);
    assertEquals((await client.as(`jwt ${second.body.access}`).get("org/")).status, 200);
    const again = await client.post("auth/api-jwt-refresh/", { refresh: first.refresh });
    assertEquals([again.status, again.body], [401, {
      detail: "Token is blacklisted",
      code: "token_not_valid",
    }]);
    const third = await client.post("auth/api-jwt-refresh/", { refresh: second.body.refresh });
    assertEquals(third.status, 200);
  }));

Deno.test("POST auth/api-jwt-refresh/ accepts one of two uses at the same time", () =>
  serving(async (client) => {
    const { refresh } = await pair(client);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => client.post("auth/api-jwt-refresh/", { refresh })),
    );
    assertEquals(answers.filter(({ status }) => status === 200).length, 1);
  }));

Deno.test("POST auth/api-jwt-refresh/ rejects nonsense, an access token and a missing field, with any Authorization header", () =>
  serving(async (client) => {
    const { access } = await pair(client);
    for (const refresh of ["nonsense", access]) {
      const { status, body } = await client.post("auth/api-jwt-refresh/", { refresh });
      assertEquals([status, body], [401, {
        detail: "Token is invalid or expired",
        code: "token_not_valid",
      }]);
    }
    const missing = await client.as("jwt stale").post("auth/api-jwt-refresh/", {});
    assertEquals([missing.status, missing.body], [400, { refresh: ["This field is required."] }]);
  }));

Deno.test("POST auth/api-jwt-refresh/ answers the older {token} with {token}", () =>
  serving(async (client) => {
    const { access } = await pair(client);
    const { status, body } = await client.post("auth/api-jwt-refresh/", { token: access });
    assertEquals([status, Object.keys(body)], [200, ["token"]]);
    assertEquals((await client.as(`JWT ${body.token}`).get("org/")).status, 200);
  }));

Deno.test("POST auth/api-jwt-verify/ answers 200 for a good token and 401 for a bad one", () =>
  serving(async (client) => {
    const { access } = await pair(client);
    assertEquals((await client.post("auth/api-jwt-verify/", { token: access })).status, 200);
    assertEquals((await client.post("auth/api-jwt-verify/", { token: "x" })).status, 401);
  }));

Deno.test("GET auth/user-info/ answers the account with a jwt, and anonymous callers a bare 403", () =>
  serving(async (client) => {
    const { body } = await (await client.login(USER.email)).get("auth/user-info/");
    assertEquals(body.email, USER.email);
    assertEquals((await client.as(`jwt ${body.jwt}`).get("org/")).status, 200);
    const anonymous = await client.get("auth/user-info/");
    assertEquals([anonymous.status, anonymous.body], [403, "User not recognized."]);
  }));

Deno.test("GET auth/token/ answers the key, which works with the scheme token in any case", () =>
  serving(async (client) => {
    const { body } = await (await client.login(USER.email)).get("auth/token/");
    assertEquals(Object.keys(body), ["token", "jwt"]);
    for (const scheme of ["token", "Token", "TOKEN"]) {
      assertEquals((await client.as(`${scheme} ${body.token}`).get("org/")).status, 200);
    }
    for (const scheme of ["jwt", "JWT", "Jwt"]) {
      assertEquals((await client.as(`${scheme} ${body.jwt}`).get("org/")).status, 200);
    }
  }));

Deno.test("GET server/ answers without a token", () =>
  serving(async (client) => {
    const { status, body } = await client.get("server/");
    assertEquals([status, Object.keys(body)], [200, ["now", "stage", "name", "company"]]);
  }));

Deno.test("An invalid JWT answers 401 like SimpleJWT, an invalid key Invalid token, and a missing header its own message", () =>
  serving(async (client) => {
    const jwt = await client.as("jwt nonsense").get("org/");
    assertEquals([jwt.status, jwt.body], [401, {
      detail: "Given token not valid for any token type",
      code: "token_not_valid",
      messages: [{
        token_class: "AccessToken",
        token_type: "access",
        message: "Token is invalid or expired",
      }],
    }]);
    const key = await client.as(`token ${"0".repeat(40)}`).get("org/");
    assertEquals([key.status, key.body], [401, { detail: "Invalid token." }]);
    const none = await client.get("org/");
    assertEquals([none.status, none.body], [401, {
      detail: "Authentication credentials were not provided.",
    }]);
    for (const { headers } of [jwt, key, none]) assert(headers.get("www-authenticate"));
  }));

Deno.test("Tokens expire by the clock of the emulator", async () => {
  let now = Date.UTC(2026, 0, 1);
  await serving(async (client) => {
    const { access, refresh } = await pair(client);
    const user = client.as(`jwt ${access}`);
    now += 59_000;
    assertEquals((await user.get("org/")).status, 200);
    now += 2_000;
    assertEquals((await user.get("org/")).status, 401);
    now += 60_000;
    const late = await client.post("auth/api-jwt-refresh/", { refresh });
    assertEquals([late.status, late.body.detail], [401, "Token is invalid or expired"]);
  }, { accessTokenSeconds: 60, refreshTokenSeconds: 120, now: () => now });
});

Deno.test("A refresh token does not work as an access token", () =>
  serving(async (client) => {
    const { refresh } = await pair(client);
    const { status, body } = await client.as(`jwt ${refresh}`).get("org/");
    assertEquals([status, body.code], [401, "token_not_valid"]);
  }));

Deno.test("A token signed with another secret, or with no signature, is rejected", () =>
  serving(async (client) => {
    const { access } = await pair(client);
    const [, payload] = access.split(".");
    const none = btoa('{"alg":"none","typ":"JWT"}').replace(/=+$/, "");
    for (const forged of [`${none}.${payload}.`, `${access.slice(0, -3)}AAA`]) {
      assertEquals((await client.as(`jwt ${forged}`).get("org/")).status, 401);
    }
  }));
