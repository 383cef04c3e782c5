import type { OnnxDType, OnnxTensor } from "./tensor.ts";

/**
 * A node's attribute. A bare number must be whole and becomes INT, a bare list INTS; FLOAT is always
 * spelled out, so that a slope of 1 does not change its type where a slope of 0.2 would not.
 */
export type OnnxAttribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly ints: readonly number[] }
  | { readonly strings: readonly string[] }
  | { readonly tensor: OnnxTensor }
  | { readonly graph: OnnxGraph };

export interface OnnxNode {
  readonly op: string;
  /** "" or absent is the standard operator set. */
  readonly domain?: string;
  /** "" stands for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  readonly name?: string;
}

/** A value of a graph; a string in `shape` is a free dimension, `"batch"`; "" is unknown. */
export interface OnnxValueInfo {
  readonly name: string;
  readonly dtype: OnnxDType;
  readonly shape: readonly (number | string)[];
  /** A sequence of tensors of `dtype`; `shape` is [] then. Outputs only. */
  readonly sequence?: boolean;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly initializers: readonly OnnxTensor[];
  /** Shapes of nodes' outputs that cannot be inferred; not read from files. */
  readonly stated?: readonly OnnxValueInfo[];
}

export interface OnnxModel {
  readonly graph: OnnxGraph;
  /** Version of the standard operator set; default 21. */
  readonly opset?: number;
  /** Versions of other domains; those that a node uses and that are not listed count as 1. */
  readonly domains?: Readonly<Record<string, number>>;
  /** Default 10, the version that belongs to operator set 21. */
  readonly irVersion?: number;
  readonly producerName?: string;
  readonly producerVersion?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly docString?: string;
}
