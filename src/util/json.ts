import { usageError } from "./errors.ts";

/** What JSON can hold without loss: numbers are finite. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** A JSON object. */
export type JsonObject = { readonly [key: string]: JsonValue };

/**
 * Checks that a value survives JSON unchanged (no NaN, no Infinity, no undefined, plain objects
 * only). Throws a usage error that names the place, such as `state.adam.beta1`.
 */
export function checkJson(value: unknown, where: string): asserts value is JsonValue {
  if (value === null || typeof value === "boolean" || typeof value === "string") return;
  if (typeof value === "number") {
    if (Number.isFinite(value)) return;
    throw usageError(`${where} must be a finite number, received ${value}: JSON cannot hold it.`);
  }
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) checkJson(item, `${where}[${i}]`);
    return;
  }
  if (typeof value === "object" && isPlain(value)) {
    for (const [key, item] of Object.entries(value)) checkJson(item, `${where}.${key}`);
    return;
  }
  const name = typeof value === "object" ? value.constructor.name : typeof value;
  throw usageError(`${where} must be plain JSON, received ${name}.`);
}

function isPlain(value: object): boolean {
  const proto = Object.getPrototypeOf(value);
  return proto === Object.prototype || proto === null;
}
