import { getFloat16, setFloat16 } from "@petamoriken/float16";
import type { NamedTensor, SafetensorsDType } from "./safetensors.ts";

/** Float types of safetensors files that `floatsOf` reads. */
export const floatTypes: readonly SafetensorsDType[] = ["F64", "F32", "F16", "BF16"];

/** The tensor rounded to IEEE half precision, 11 significant bits. */
export function asHalf({ shape, data }: NamedTensor): NamedTensor {
  const bits = new Uint16Array(data.length);
  const view = new DataView(bits.buffer);
  data.forEach((value: number | bigint, i: number) => {
    setFloat16(view, 2 * i, Number(value), true);
  });
  return { dtype: "F16", shape, data: bits };
}

/** The values of a tensor of floats in single precision; F16 and BF16 lose nothing. */
export function floatsOf({ dtype, data }: NamedTensor): Float32Array {
  if (dtype === "F32") return data as Float32Array;
  if (dtype === "F64") return Float32Array.from(data as Float64Array);
  const bits = data as Uint16Array;
  if (dtype === "BF16") return new Float32Array(Uint32Array.from(bits, (b) => b << 16).buffer);
  const view = new DataView(bits.buffer, bits.byteOffset, bits.byteLength);
  return Float32Array.from(bits, (_, i) => getFloat16(view, 2 * i, true));
}
