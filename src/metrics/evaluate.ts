import type { ImageDataset } from "../data/image-dataset.ts";
import type { Backend } from "../runtime/session.ts";
import { usageError } from "../util/errors.ts";
import type { JsonObject } from "../util/json.ts";
import { Random } from "../util/random.ts";
import { FeatureNetwork } from "./feature-network.ts";
import { featureNetworkFor, featureNetworks } from "./feature-networks.ts";
import { ImageJudge, type JudgedImages, pickImages, type SampleSource } from "./judged-images.ts";
import type { Measurement, Metric, MetricContext } from "./metric.ts";
import { References } from "./references.ts";
import { metricByName, metrics } from "./registry.ts";

export interface EvaluateOptions {
  /** Generated images [n,C,H,W] in [-1, 1], of the data set's shape: whole, or in chunks. */
  readonly samples: SampleSource;
  readonly train: ImageDataset;
  readonly test: ImageDataset;
  readonly backend: Backend;
  /** Names of metrics; by default all that the data set allows. */
  readonly metrics?: readonly string[] | undefined;
  /** For random subsets; default 0. Floors always use 0, so that they can be kept. */
  readonly seed?: number | undefined;
  /** Images that go through the network at once; default 500. */
  readonly batch?: number | undefined;
  /** Where figures of real images are kept; default as for decoded images. */
  readonly cacheDir?: string | undefined;
  readonly onProgress?: ((stage: string, done: number, total?: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A metric's value with all that is needed to read it; plain JSON. */
export interface MetricResult extends JsonObject {
  readonly value: number;
  /** The same metric of as many real images: what a perfect generator would get. */
  readonly floor: number;
  readonly samples: number;
  /** Real images behind the floor. */
  readonly floorSamples: number;
  readonly higherIsBetter: boolean;
  /** How the figure was made; only figures of the same protocol may be compared. */
  readonly protocol: string;
}

/** The metrics that a data set of this name allows, in the order of the registry. */
export function metricsFor(data: string): readonly Metric[] {
  const known = featureNetworkFor(data) !== undefined;
  return metrics.filter((m) => known || !m.needs.includes("network"));
}

/**
 * Judges generated images against a data set; results by metric name. Each has further figures of
 * its own, `floorDetails` with the floor's, and `warnings` where something is plainly wrong.
 * Throws a usage error for an unknown metric, one that the data set does not allow, too few samples
 * or samples of the wrong shape; "numeric" where a sample is not finite.
 */
export async function evaluateSamples(
  options: EvaluateOptions,
): Promise<Record<string, MetricResult>> {
  const { train, test, backend, seed = 0, batch = 500, signal } = options;
  const wanted = chooseMetrics(options.metrics, train.name);
  checkData(train, test);
  if (!Number.isSafeInteger(batch) || batch < 1) {
    throw usageError(`evaluate: batch must be a whole number >= 1, received ${batch}.`);
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw usageError(`evaluate: seed must be a whole number >= 0, received ${seed}.`);
  }
  const onProgress = options.onProgress ?? (() => {});
  const file = wanted.some((m) => needsFeatures(m)) ? featureNetworkFor(train.name) : undefined;
  const network = file && (await FeatureNetwork.open(file, backend, train));
  const judge = await ImageJudge.create(train, network, backend, batch);
  try {
    const report = (done: number) => onProgress("samples", done);
    const samples = await judge.judge(options.samples, report, signal);
    for (const m of wanted) {
      if (samples.count >= m.minSamples) continue;
      throw usageError(
        `metric "${m.name}" needs at least ${m.minSamples} samples, received ${samples.count}.`,
      );
    }
    const { cacheDir } = options;
    const references = new References({
      train,
      test,
      judge,
      backend,
      cacheDir,
      onProgress,
      signal,
    });
    const results: Record<string, MetricResult> = {};
    for (const metric of wanted) {
      signal?.throwIfAborted();
      onProgress(metric.name, 0, 1);
      const shared = { test: await references.test(), network: network?.version, backend, seed };
      const found = await metric.compute({
        ...shared,
        samples,
        nearest: memoized((s) => references.nearest(samples, s, `neighbours of samples (${s})`)),
        testNearest: (s) => references.testNearest(s),
      });
      const real = await floorOf(metric, samples.count, references, shared);
      onProgress(metric.name, 1, 1);
      results[metric.name] = describe(metric, found, real, samples.count, shared.network);
    }
    return results;
  } finally {
    await judge.release();
  }
}

interface Floor {
  readonly count: number;
  readonly measurement: Measurement;
}

/** The metric of as many real images as there are samples (all, if there are fewer). */
function floorOf(
  metric: Metric,
  samples: number,
  references: References,
  shared: Pick<MetricContext, "test" | "network" | "backend">,
): Promise<Floor> {
  const key = ["floor", metric.name, metric.protocol, samples];
  return references.remember(key, async () => {
    const all = await (metric.floorFrom === "train" ? references.train() : references.test());
    const count = Math.min(samples, all.count);
    const order = new Random(0, "floor").permutation(all.count);
    const indices = order.subarray(0, count);
    const real: JudgedImages = pickImages(all, indices);
    const measurement = await metric.compute({
      ...shared,
      seed: 0,
      samples: real,
      nearest: async (space) => {
        if (metric.floorFrom === "train") return references.nearest(real, space, "floor");
        const { indices: found, distances } = await references.testNearest(space);
        return {
          indices: Int32Array.from(indices, (i) => found[i] as number),
          distances: Float64Array.from(indices, (i) => distances[i] as number),
        };
      },
      testNearest: (space) => references.testNearest(space),
    });
    return { count, measurement };
  });
}

function describe(
  metric: Metric,
  found: Measurement,
  floor: Floor,
  samples: number,
  network: string | undefined,
): MetricResult {
  const warnings = metric.warnings?.(found, floor.measurement) ?? [];
  const { details } = floor.measurement;
  return {
    value: found.value,
    floor: floor.measurement.value,
    samples,
    floorSamples: floor.count,
    higherIsBetter: metric.higherIsBetter,
    protocol: network === undefined ? metric.protocol : `${metric.protocol}; network ${network}`,
    ...found.details,
    ...(details && { floorDetails: details }),
    ...(warnings.length > 0 && { warnings }),
  };
}

/** Whether the metric uses features where the data set has a network. */
function needsFeatures(metric: Metric): boolean {
  return metric.needs.includes("network") || metric.usesNetwork === true;
}

function chooseMetrics(names: readonly string[] | undefined, data: string): readonly Metric[] {
  if (names === undefined) return metricsFor(data);
  if (names.length === 0) throw usageError("evaluate: name at least one metric.");
  const chosen = [...new Set(names)].map(metricByName);
  const impossible = chosen.find((m) => !metricsFor(data).includes(m));
  if (!impossible) return chosen;
  const possible = metricsFor(data).map((m) => m.name);
  throw usageError(
    `metric "${impossible.name}" needs a feature network, and data set "${data}" has none (only ` +
      `${featureNetworks.map((n) => n.data).join(" and ")} have). Possible here: ${possible.join(", ")}.`,
  );
}

function checkData(train: ImageDataset, test: ImageDataset): void {
  if (train.split !== "train" || test.split !== "test") {
    throw usageError(
      `evaluate: needs a train and a test split, received "${train.split}" and "${test.split}".`,
    );
  }
  const shape = (d: ImageDataset) => `${d.channels}x${d.size}x${d.size}`;
  if (train.name !== test.name || shape(train) !== shape(test)) {
    throw usageError(
      `evaluate: train is "${train.name}" ${shape(train)}, test is "${test.name}" ${shape(test)}; ` +
        "open both from the same data set with the same size and channels.",
    );
  }
}

function memoized<K, V>(make: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const value = known.get(key) ?? make(key);
    known.set(key, value);
    return value;
  };
}
