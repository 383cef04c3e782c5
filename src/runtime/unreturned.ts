import type { InferenceSession } from "onnxruntime-common";
import { encodeModel, type OnnxModel } from "../onnx/model.ts";
import type { OrtApi } from "./ort-session.ts";

// onnxruntime-node writes a preallocated output where it was told to, and then copies it all the
// same into an array that it makes in order to return it: for the gradients of the article's game
// that is 28 MB a step, about a fifth of its time. The copies are made in the order of the outputs,
// and there is no form in which a sequence could be returned: with one in front, the run ends with
// everything computed and in place, an error that says so, and nothing copied.

/** The output in front; no other value has a name like it. */
export const unreturned = "/unreturned";
const refusal = "Non tensor type is temporarily not supported.";

/** `model` with an empty sequence as its first output. */
export function withUnreturned(model: OnnxModel): OnnxModel {
  const { graph } = model;
  const output = { name: unreturned, dtype: "f32", shape: [], sequence: true } as const;
  return {
    ...model,
    graph: {
      ...graph,
      nodes: [...graph.nodes, { op: "SequenceEmpty", inputs: [], outputs: [unreturned] }],
      outputs: [output, ...graph.outputs],
    },
  };
}

/** Whether a run ended with this error only because its outputs were not returned. */
export function isUnreturned(error: unknown): boolean {
  return error instanceof Error && error.message === refusal;
}

/** Tries whether this runtime behaves as described above; where not, outputs are left to be copied. */
export async function skipsReturns(
  ort: OrtApi,
  options: InferenceSession.SessionOptions,
): Promise<boolean> {
  const port = { dtype: "f32", shape: [2] } as const;
  const model: OnnxModel = {
    graph: {
      name: "unreturned",
      inputs: [{ name: "x", ...port }],
      outputs: [{ name: "y", ...port }],
      initializers: [],
      nodes: [{ op: "Neg", inputs: ["x"], outputs: ["y"] }],
    },
  };
  const result = new Float32Array(2);
  try {
    const session = await ort.InferenceSession.create(encodeModel(withUnreturned(model)), options);
    const x = new ort.Tensor("float32", Float32Array.of(1, 2), [2]);
    const y = new ort.Tensor("float32", result, [2]);
    const refused = await session.run({ x }, { [unreturned]: null, y }).then(
      () => false,
      (error: unknown) => isUnreturned(error),
    );
    await session.release();
    return refused && result[0] === -1 && result[1] === -2;
  } catch {
    return false;
  }
}
