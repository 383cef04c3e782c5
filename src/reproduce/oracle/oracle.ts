import type { SequenceGenerator } from "../../adversarial/index.ts";
import { lstmGenerator } from "../../models/index.ts";
import { floatsOf } from "../../onnx/half.ts";
import type { NamedTensor } from "../../onnx/safetensors.ts";
import { GansmithError } from "../../util/errors.ts";
import { Random } from "../../util/random.ts";

/** SeqGAN's synthetic data (arXiv 1609.05473): a random LSTM that says how likely a sequence is. */
export const oracleVocabulary = 5000;
const size = 32;

/** Gates in the order in which the layer holds them, as the file spells them. */
const gates = ["i", "f", "c", "og"] as const;

/** The network of an oracle for sequences of a length. */
export function oracleNetwork(length: number): SequenceGenerator {
  const options = { embedding: size, hidden: size, deviation: 1, dropout: 0 };
  return lstmGenerator(options, { vocabulary: oracleVocabulary, length, start: 0 });
}

/** A file's tensors of an oracle, all numbers from N(0,1): what `--oracle` takes. */
export function drawOracle(seed: number): Map<string, NamedTensor> {
  return new Map(
    [...oracleShapes].map(([name, shape]) => {
      const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
      new Random(seed, `oracle/${name}`).fillNormal(data);
      return [name, { dtype: "F32", shape, data }];
    }),
  );
}

/** Shapes of an oracle's tensors by name; a gate is sigmoid(x W + h U + b). */
const oracleShapes: ReadonlyMap<string, readonly number[]> = new Map([
  ["embedding", [oracleVocabulary, size]],
  ...gates.flatMap((gate): [string, number[]][] => [
    [`W${gate}`, [size, size]],
    [`U${gate}`, [size, size]],
    [`b${gate}`, [size]],
  ]),
  ["Wo", [size, oracleVocabulary]],
  ["bo", [oracleVocabulary]],
]);

/** A file's tensors as the network's arrays. Throws a data error where one is missing or of another shape. */
export function oracleArrays(tensors: ReadonlyMap<string, NamedTensor>): Map<string, Float32Array> {
  const values = (name: string): Float32Array => {
    const wanted = (oracleShapes.get(name) ?? []).join(",");
    const tensor = tensors.get(name);
    const found = tensor?.shape.join(",");
    if (!tensor || found !== wanted) {
      throw new GansmithError(
        "data",
        `an oracle needs a tensor "${name}" of shape [${wanted}], received ${found === undefined ? "none" : `[${found}]`}.`,
      );
    }
    return floatsOf(tensor);
  };
  const stacked = (prefix: string) => {
    const all = new Float32Array(gates.length * size * size);
    gates.forEach((gate, k) => {
      all.set(transposed(values(`${prefix}${gate}`), size, size), k * size * size);
    });
    return all;
  };
  const biases = new Float32Array(gates.length * size);
  gates.forEach((gate, k) => {
    biases.set(values(`b${gate}`), k * size);
  });
  return new Map([
    ["generator/embedding/weight", values("embedding")],
    ["generator/lstm/inputWeight", stacked("W")],
    ["generator/lstm/hiddenWeight", stacked("U")],
    ["generator/lstm/inputBias", biases],
    ["generator/lstm/hiddenBias", new Float32Array(gates.length * size)],
    ["generator/out/weight", transposed(values("Wo"), size, oracleVocabulary)],
    ["generator/out/bias", values("bo")],
  ]);
}

/** [rows,columns] -> [columns,rows]. */
function transposed(x: Float32Array, rows: number, columns: number): Float32Array {
  return x.map((_, i) => x[(i % rows) * columns + Math.floor(i / rows)] as number);
}
