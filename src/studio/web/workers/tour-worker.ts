import * as Comlink from "comlink";
import { dcgan } from "../../../models/dcgan.ts";
import { chooseBackend } from "../../../runtime/web.ts";
import { Sampler } from "../../../train/loop/sampler.ts";
import { Random } from "../../../util/random.ts";
import digitsFile from "../tour/assets/digits.safetensors?url";
import { LetterWriter } from "../tour/letter-writer.ts";
import { loadLetters } from "../tour/letters.ts";
import { loadAsset } from "../tour/load-asset.ts";
import { runtimeFiles } from "./runtime-files.ts";

const backend = () => chooseBackend("wasm", { threads: 1, wasmPaths: runtimeFiles });

/** The tour's two small generators; each is loaded when it is first asked for. */
const server = {
  /** z [N,latent] and a class each -> images [N,1,28,28] in [-1, 1]. */
  async digits(z: Float32Array, labels: Int32Array): Promise<Float32Array> {
    digits ??= openDigits();
    const images = await (await digits).run(z, labels);
    return Comlink.transfer(images, [images.buffer]);
  },
  /** `n` sentences at a temperature; the same seed casts the same dice. */
  async letters(n: number, temperature: number, seed: number): Promise<string[]> {
    letters ??= openLetters();
    const { writer, length, decode } = await letters;
    const tokens = await writer.draw(n, new Random(seed, "samples"), temperature);
    return Array.from({ length: n }, (_, i) =>
      decode(tokens.subarray(i * length, (i + 1) * length)),
    );
  },
  /** What counts as a word: those that the training sentences have several times. */
  async words(): Promise<readonly string[]> {
    letters ??= openLetters();
    return (await letters).words;
  },
};
export type TourServer = typeof server;

let digits: ReturnType<typeof openDigits> | undefined;
let letters: ReturnType<typeof openLetters> | undefined;

async function openDigits(): Promise<Sampler> {
  const { metadata, weights } = await loadAsset(digitsFile);
  const { options, image, classes } = JSON.parse(metadata.model ?? "null");
  const model = dcgan.build(dcgan.schema.parse(options), image, classes.length);
  const sampler = await Sampler.create(model, await backend());
  sampler.setWeights(weights);
  return sampler;
}

async function openLetters() {
  const { generator, weights, tokenizer, words, hidden, never } = await loadLetters();
  const writer = await LetterWriter.create(generator, weights, await backend(), { hidden, never });
  const { length } = generator;
  return { writer, words, length, decode: (ids: Int32Array) => tokenizer.decode(ids) };
}

Comlink.expose(server);
