/** `@msgpack/msgpack`: in tests, a second opinion on values. */
export * from "npm:@msgpack/msgpack@3.1.3";
