/// <reference lib="deno.unstable" />
/** A socket that systemd-notify sends to, in a separate process: `_notify_socket.ts PATH`, prints what arrives. */
const socket = Deno.listenDatagram({ transport: "unixpacket", path: Deno.args[0]! });
console.log("listening");
for await (const [bytes] of socket) {
  for (const line of new TextDecoder().decode(bytes).trim().split("\n")) console.log(line);
}
