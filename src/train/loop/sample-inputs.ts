import { Random } from "../../util/random.ts";

export interface SampleOptions {
  /** Images drawn at a time; 100 by default. */
  readonly chunk?: number | undefined;
  /** The class of all; one after the other by default. */
  readonly label?: number | undefined;
  /** By which z is multiplied: below 1 more typical and more alike. */
  readonly truncation?: number | undefined;
}

/**
 * What a generator reads in order to draw `n` images of a seed: z [chunk,latent] from the seed's stream
 * `samples`, and labels [chunk]. So a seed gives the same images wherever the generator runs.
 */
export function* sampleInputs(
  { latent, classes }: { readonly latent: number; readonly classes: number },
  n: number,
  seed: number,
  { chunk = 100, label, truncation = 1 }: SampleOptions = {},
): Generator<{ readonly z: Float32Array; readonly labels: Int32Array }> {
  const random = new Random(seed, "samples");
  for (let done = 0; done < n; done += chunk) {
    const count = Math.min(chunk, n - done);
    const z = new Float32Array(count * latent);
    random.fillNormal(z, truncation);
    const labels = Int32Array.from(
      { length: count },
      (_, i) => label ?? (done + i) % Math.max(classes, 1),
    );
    yield { z, labels };
  }
}
