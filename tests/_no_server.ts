/** An address at which no server listens: those of the tests listen on 127.0.0.1, where a closed port is soon used again. */
export const NO_SERVER = "http://127.0.0.2:4711";
