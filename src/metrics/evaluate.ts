import type { ImageDataset } from "../data/image-dataset.ts";
import type { Backend } from "../runtime/session.ts";
import { usageError } from "../util/errors.ts";
import type { JsonObject } from "../util/json.ts";
import { Random } from "../util/random.ts";
import { FeatureNetwork, type FeatureNetworkDefinition } from "./feature-network.ts";
import { featureNetworkFor } from "./feature-networks.ts";
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
  /** Names of metrics; by default all that the network and the number of images allow. */
  readonly metrics?: readonly string[] | undefined;
  /** The feature network's name; default: the first that suits the data set. */
  readonly network?: string | undefined;
  /** For random subsets; default 0. Floors always use 0, so that they can be kept. */
  readonly seed?: number | undefined;
  /** Images that go through the network at once; default: the network's. */
  readonly batch?: number | undefined;
  /** Where figures of real images are kept; default as for decoded images. */
  readonly cacheDir?: string | undefined;
  readonly onProgress?: ((stage: string, done: number, total?: number) => void) | undefined;
  /** Hears what makes the figures say little, and which metrics were left out. */
  readonly onWarning?: ((message: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A metric's value with all that is needed to read it; plain JSON. */
export interface MetricResult extends JsonObject {
  readonly value: number;
  /** What people read in place of the metric's name, such as "FID-like". */
  readonly label: string;
  /** The same metric of as many real images: what a perfect generator would get. */
  readonly floor: number;
  readonly samples: number;
  /** Real images behind the floor. */
  readonly floorSamples: number;
  readonly higherIsBetter: boolean;
  /** Name and version of the feature network. */
  readonly network: string;
  /** How the figure was made; only figures of the same protocol may be compared. */
  readonly protocol: string;
}

/** Fewer test images than this say little about variety. */
const fewTestImages = 100;

/** The metrics that a feature network allows, in the order of the registry. */
export function metricsFor(network: FeatureNetworkDefinition): readonly Metric[] {
  return metrics.filter((m) => network.classes > 0 || !m.needsClasses);
}

/**
 * Judges generated images against a data set; results by metric name. Each has further figures of
 * its own, `floorDetails` with the floor's, and `warnings` where something is plainly wrong.
 * Throws a usage error for an unknown metric, one that the network does not allow, too few images
 * or samples of the wrong shape; "numeric" where a sample is not finite.
 */
export async function evaluateSamples(
  options: EvaluateOptions,
): Promise<Record<string, MetricResult>> {
  const { train, test, backend, seed = 0, signal } = options;
  const definition = featureNetworkFor(train.name, options.network);
  const { batch = definition.batch } = options;
  const wanted = chooseMetrics(options.metrics, definition);
  checkData(train, test);
  if (!Number.isSafeInteger(batch) || batch < 1) {
    throw usageError(`evaluate: batch must be a whole number >= 1, received ${batch}.`);
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw usageError(`evaluate: seed must be a whole number >= 0, received ${seed}.`);
  }
  const onProgress = options.onProgress ?? (() => {});
  const network = await FeatureNetwork.open(definition, backend, train);
  const judge = await ImageJudge.create(train, network, backend, batch);
  try {
    const report = (done: number) => onProgress("samples", done);
    const samples = await judge.judge(options.samples, report, signal);
    const possible = enoughImages(wanted, samples.count, test.count, options);
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
    for (const metric of possible) {
      signal?.throwIfAborted();
      onProgress(metric.name, 0, 1);
      const shared = { test: await references.test(), backend, seed };
      const found = await metric.compute({
        ...shared,
        samples,
        nearest: memoized((s) => references.nearest(samples, s, `neighbours of samples (${s})`)),
        testNearest: (s) => references.testNearest(s),
      });
      const real = await floorOf(metric, samples.count, references, shared);
      onProgress(metric.name, 1, 1);
      results[metric.name] = describe(metric, found, real, samples.count, definition);
    }
    return results;
  } finally {
    await judge.release();
  }
}

/**
 * The metrics that have enough samples and test images. A metric that was asked for by name must
 * have; of all, the others are left out.
 */
function enoughImages(
  wanted: readonly Metric[],
  samples: number,
  testImages: number,
  { metrics: names, onWarning }: EvaluateOptions,
): readonly Metric[] {
  const missing = (m: Metric): string | undefined => {
    const { minTestImages = 1 } = m;
    if (samples < m.minSamples)
      return `needs at least ${m.minSamples} samples, received ${samples}`;
    return testImages < minTestImages
      ? `needs at least ${minTestImages} test images, there are ${testImages}`
      : undefined;
  };
  const possible = wanted.filter((m) => missing(m) === undefined);
  const first = wanted.find((m) =>
    names !== undefined || possible.length === 0 ? missing(m) : false,
  );
  if (first) throw usageError(`metric "${first.name}" ${missing(first)}.`);
  for (const m of wanted) {
    if (!possible.includes(m)) onWarning?.(`${m.name} is left out: it ${missing(m)}.`);
  }
  if (testImages < fewTestImages) {
    onWarning?.(
      `There are only ${testImages} test images: read the figures as a hint. More images, or a ` +
        "larger testShare, make them say more.",
    );
  }
  return possible;
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
  shared: Pick<MetricContext, "test" | "backend">,
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
  { version, references }: FeatureNetworkDefinition,
): MetricResult {
  const warnings = metric.warnings?.(found, floor.measurement) ?? [];
  const { details } = floor.measurement;
  const limit = Number.isFinite(references) ? `, at most ${references} images of a split` : "";
  return {
    value: found.value,
    label: metric.label ?? metric.name,
    floor: floor.measurement.value,
    samples,
    floorSamples: floor.count,
    higherIsBetter: metric.higherIsBetter,
    network: version,
    protocol: `${metric.protocol}; network ${version}${limit}`,
    ...found.details,
    ...(details && { floorDetails: details }),
    ...(warnings.length > 0 && { warnings }),
  };
}

function chooseMetrics(
  names: readonly string[] | undefined,
  network: FeatureNetworkDefinition,
): readonly Metric[] {
  const all = metricsFor(network);
  if (names === undefined) return all;
  if (names.length === 0) throw usageError("evaluate: name at least one metric.");
  const chosen = [...new Set(names)].map(metricByName);
  const impossible = chosen.find((m) => !all.includes(m));
  if (!impossible) return chosen;
  throw usageError(
    `metric "${impossible.name}" needs a network that knows the data set's classes, and ` +
      `${network.name} does not. Possible here: ${all.map((m) => m.name).join(", ")}.`,
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
