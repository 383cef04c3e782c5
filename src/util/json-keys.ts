/**
 * The first key that some object in `json` has twice, or undefined. JSON.parse keeps the last of
 * equal keys in silence, which a file format that forbids them cannot. `json` must be valid JSON.
 */
export function repeatedKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  // Strings (with the colon that makes one a key) and brackets; nothing else matters here.
  for (const [token, literal, colon] of json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}]/gs)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (literal && colon) {
      const key = JSON.parse(literal) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
