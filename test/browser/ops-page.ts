import { chooseBackend } from "../../src/runtime/web.ts";
import { deviceRoundTrip } from "../support/device-round-trip.ts";
import { runAllSamples, type SampleReport } from "../support/merged-samples.ts";

/** What the test calls in the page. */
export interface OpsPage {
  runAllSamples(backend: string): Promise<SampleReport>;
  deviceRoundTrip(backend: string): ReturnType<typeof deviceRoundTrip>;
  autoBackend(): Promise<string>;
  message(backend: string): Promise<string>;
}

const options = { wasmPaths: "/ort/", threads: 2 };

const page: OpsPage = {
  runAllSamples: async (name) => runAllSamples(await chooseBackend(name, options)),
  deviceRoundTrip: async (name) => deviceRoundTrip(await chooseBackend(name, options)),
  autoBackend: async () => (await chooseBackend("auto", options)).name,
  message: (name) =>
    chooseBackend(name, options).then(
      () => "",
      (error: Error) => error.message,
    ),
};

Object.assign(globalThis, { opsPage: page });
