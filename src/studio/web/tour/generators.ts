import { type Connection, connect } from "../workers/connect.ts";
import type { TourServer } from "../workers/tour-worker.ts";

/** The tour's generators in a worker of their own; close it after use. */
export function openGenerators(): Connection<TourServer> {
  return connect(
    new Worker(new URL("../workers/tour-worker.ts", import.meta.url), {
      type: "module",
      name: "tour",
    }),
  );
}
