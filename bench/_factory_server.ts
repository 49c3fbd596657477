/**
 * The server whose factory bench/api.ts maps: 108 pages of 25 rows, each answered after 20 ms. Prints
 * its port.
 *
 * @module
 */
import { serveFactory } from "../tests/api/_factory.ts";

const { url } = await serveFactory(20);
console.log(new URL(url).port);
