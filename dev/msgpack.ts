/** `@msgpack/msgpack`: an independent msgpack library for tests. */
export * from "npm:@msgpack/msgpack@3.1.3";
