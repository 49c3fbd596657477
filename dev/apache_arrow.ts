/** `apache-arrow`, for tests and examples: an optional peer of `./arrow`. */
export * from "../src/arrow/_apache_arrow.ts";
