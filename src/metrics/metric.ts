import type { Split } from "../data/image-dataset.ts";
import type { Backend } from "../runtime/session.ts";
import type { JsonObject } from "../util/json.ts";
import type { JudgedImages } from "./judged-images.ts";
import type { Neighbours } from "./nearest.ts";

/** Where distances are measured. */
export type Space = "features" | "pixels";

/** What a metric is computed from. */
export interface MetricContext {
  /** The images that are judged. */
  readonly samples: JudgedImages;
  /** All test images of the data set. */
  readonly test: JudgedImages;
  readonly backend: Backend;
  readonly seed: number;
  /** The nearest training image of every sample. */
  nearest(space: Space): Promise<Neighbours>;
  /** The nearest training image of every test image. */
  testNearest(space: Space): Promise<Neighbours>;
}

/** What a metric found. */
export interface Measurement {
  readonly value: number;
  /** Further figures, by name. */
  readonly details?: JsonObject;
}

/** A metric: one file, and one line in `registry.ts`. */
export interface Metric {
  readonly name: string;
  /** What people read in place of the name. */
  readonly label?: string;
  /** One line for lists of metrics. */
  readonly summary: string;
  readonly higherIsBetter: boolean;
  /** Needs a network that knows the data set's classes. */
  readonly needsClasses?: true;
  readonly minSamples: number;
  /** How many test images it needs; default 1. */
  readonly minTestImages?: number;
  /** The floor is the metric of as many real images of this split. */
  readonly floorFrom: Split;
  /** How the figure is made, in a few words; figures of different protocols are not compared. */
  readonly protocol: string;
  compute(context: MetricContext): Promise<Measurement>;
  /** One sentence for each thing that is plainly wrong with the samples. */
  warnings?(found: Measurement, floor: Measurement): readonly string[];
}
