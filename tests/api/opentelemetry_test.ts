import { assertEquals } from "@std/assert";
import { createEmulator } from "../../src/emulator/mod.ts";

interface Span {
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  attributes?: { key: string; value: Record<string, unknown> }[];
}

/** OpenTelemetry's number for the span of a client. */
const CLIENT = 3;

Deno.test("Deno's own OpenTelemetry traces calls and uploads, and the server gets their spans", async () => {
  const spans: Span[] = [];
  const collector = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      const body = await request.json();
      for (const { scopeSpans } of body.resourceSpans ?? []) {
        for (const scope of scopeSpans) spans.push(...scope.spans);
      }
      return Response.json({});
    },
  );
  const emulator = await createEmulator();
  const { url, close } = await emulator.listen();
  const folder = await Deno.makeTempDir();
  const mod = new URL("../../mod.ts", import.meta.url);
  await Deno.writeTextFile(
    `${folder}/upload.ts`,
    `import { Api, ArchFXDataPoint, ArchFXFlexibleDictionaryReport } from "${mod}";
    const api = new Api("${url}");
    await api.login({ email: "user@example.com", password: "my.pass" });
    const point = new ArchFXDataPoint({ timestamp: new Date(), stream: "5051", value: 7, readingId: 1 });
    const report = ArchFXFlexibleDictionaryReport.fromReadings({ device: "d--1", data: [point] });
    console.log(await report.upload(api));`,
  );
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--no-lock", "-c", config, `${folder}/upload.ts`],
    env: {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.addr.port}`,
    },
  }).output();
  assertEquals(new TextDecoder().decode(stdout).trim(), "1", new TextDecoder().decode(stderr));
  const own = spans.filter(({ kind }) => kind === CLIENT).map(({ traceId, spanId, attributes }) => {
    const of = Object.fromEntries(
      (attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]),
    );
    const path = new URL(String(of["url.full"])).pathname;
    return [path, String(of["http.response.status_code"]), `00-${traceId}-${spanId}-01`];
  });
  const seen = emulator.events.requests.map(({ path, status, requestHeaders }) => [
    path,
    String(status),
    requestHeaders.traceparent,
  ]);
  assertEquals(own, seen);
  assertEquals(own.map(([path]) => path), ["/api/v1/auth/login/", "/api/v1/streamer/report/"]);
  await close();
  await emulator.close();
  await collector.shutdown();
  await Deno.remove(folder, { recursive: true });
});
