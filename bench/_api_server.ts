/**
 * The server that bench/api.ts calls: it returns a small JSON response and accepts uploads. Prints its port.
 *
 * @module
 */
const body = JSON.stringify({
  count: 1,
  next: null,
  previous: null,
  results: [{
    slug: "acme",
    name: "Acme",
    about: "Makes circuit boards",
    created_by: "user",
    ot: null,
  }],
});

Deno.serve(
  { port: 0, hostname: "127.0.0.1", onListen: ({ port }) => console.log(port) },
  async (request) => {
    let size = 0;
    if (request.body) { for await (const chunk of request.body) size += chunk.length; }
    const answer = size > 0 ? JSON.stringify({ size }) : body;
    return new Response(answer, { headers: { "content-type": "application/json" } });
  },
);
