/** Passwords: kept as scrypt hashes, compared in constant time. */
import type { Buffer } from "node:buffer";
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/**
 * scrypt's cost: about 5 ms. The passwords are those of a seed, and tests log in often, so this is an eighth of
 * what a real service would use. Each hash contains its own cost.
 */
const COST = 2 ** 11;
const BLOCK = 8;
const LENGTH = 32;

/** Hashes a password: `scrypt$cost$block$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, COST, BLOCK, LENGTH);
  return ["scrypt", COST, BLOCK, salt.toString("base64"), hash.toString("base64")].join("$");
}

/** Whether a password matches a hash. */
export async function checkPassword(password: string, stored: string): Promise<boolean> {
  const [kind, cost, block, salt, hash] = stored.split("$");
  if (kind !== "scrypt" || !hash) return false;
  const expected = fromBase64(hash);
  const actual = await derive(
    password,
    fromBase64(salt),
    Number(cost),
    Number(block),
    expected.length,
  );
  return timingSafeEqual(actual, expected);
}

let decoy: Promise<string> | undefined;

/** Takes as long as a check, for accounts that do not exist. */
export async function checkNothing(password: string): Promise<false> {
  decoy ??= hashPassword("");
  await checkPassword(password, await decoy);
  return false;
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

function derive(
  password: string,
  salt: Uint8Array,
  cost: number,
  block: number,
  length: number,
): Promise<Buffer> {
  return new Promise<Buffer>((resolve, reject) =>
    scrypt(
      password.normalize("NFKC"),
      salt,
      length,
      { N: cost, r: block, p: 1 },
      (error, key) => error ? reject(error) : resolve(key),
    )
  );
}
