import { floatsOf } from "../../../onnx/half.ts";
import { decodeSafetensors } from "../../../onnx/safetensors.ts";

/** Weights by variable name and what they are, of a file beside the pages. Throws where it cannot be read. */
export async function loadAsset(address: string) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} could not be read: ${response.status}.`);
  const { tensors, metadata } = decodeSafetensors(new Uint8Array(await response.arrayBuffer()));
  const arrays = [...tensors].map(([name, tensor]) => [name, floatsOf(tensor)] as const);
  return { metadata, weights: new Map(arrays) };
}
