// What can be measured of a page in Chromium, through Playwright.
import { gzipSync } from "node:zlib";

/** The studio's pages with a run 00001-mlp and one 00002-text, and what is there once each can be used. */
export const studioPlaces = [
  { name: "Play", hash: "#/play", usable: "li:has-text('JS')" },
  { name: "Images", hash: "#/images", usable: "button[aria-pressed=true]" },
  { name: "Runs", hash: "#/runs", usable: "li:has-text('00002-text')" },
  { name: "a run", hash: "#/runs?id=00001-mlp", usable: "[role=img] canvas" },
  { name: "Explore", hash: "#/explore", usable: "[data-source]" },
  { name: "Text", hash: "#/text?id=00002-text", usable: ".columns li" },
  { name: "its demo", hash: "#/text", usable: ".columns section:nth-child(3) li:nth-child(10)" },
  { name: "Tour", hash: "#/tour", usable: "article .demo canvas, article .demo progress" },
  // Its first game has been trained by then.
  { name: "a round", hash: "#/tour", usable: "button:enabled:has-text('The left one')" },
];

/**
 * Notes every script that a page and its workers fetch, up to the first file of ONNX Runtime's WebAssembly;
 * call it before the page goes anywhere.
 * @param {import("playwright-core").Page} page
 */
export function watchScripts(page) {
  /** @type {string[]} */
  const addresses = [];
  let runtime = false;
  page.on("request", (request) => {
    const address = request.url();
    if (address.includes("/ort/")) runtime = true;
    if (!runtime && /\.m?js$/.test(new URL(address).pathname)) addresses.push(address);
  });
  return () =>
    Promise.all(
      addresses.map(async (address) => {
        const bytes = Buffer.from(await (await fetch(address)).arrayBuffer());
        return { address, bytes: bytes.length, gzipBytes: gzipSync(bytes).length };
      }),
    );
}

/**
 * Tasks of the page's own thread, and frames a second, while `ms` pass. A task's own time is the processor
 * time of its thread: where other work keeps the cores busy, a task takes longer than that.
 * @param {import("playwright-core").Page} page
 * @param {number} ms
 */
export async function watchTasks(page, ms) {
  const browser = page.context().browser();
  if (!browser) throw new Error("the page has no browser of its own.");
  const categories = ["toplevel", "disabled-by-default-devtools.timeline"];
  await browser.startTracing(page, { categories });
  const framesPerSecond = await page.evaluate(async (duration) => {
    const from = performance.now();
    let frames = 0;
    let now = from;
    while (now - from < duration) {
      await new Promise((go) => requestAnimationFrame(go));
      now = performance.now();
      frames++;
    }
    return (1000 * frames) / (now - from);
  }, ms);
  const { traceEvents } = JSON.parse(String(await browser.stopTracing()));
  const main = traceEvents.find(
    (e) => e.name === "thread_name" && e.args.name === "CrRendererMain",
  );
  const tasks = traceEvents.filter(
    (e) => e.name === "RunTask" && e.ph === "X" && e.pid === main?.pid && e.tid === main?.tid,
  );
  if (tasks.length === 0) throw new Error("the trace holds no tasks of the page.");
  const own = tasks.map(({ tdur = 0 }) => tdur / 1000);
  const taken = tasks.map(({ dur }) => dur / 1000);
  return {
    longTasks: taken.filter((x) => x > 50).length,
    longestMs: Math.max(...taken),
    longestOwnMs: Math.max(...own),
    busy: own.reduce((sum, x) => sum + x, 0) / ms,
    framesPerSecond,
  };
}

/**
 * Opens a way to the heaps of a page and of its workers. The result collects garbage and gives bytes in use:
 * objects, what the browser keeps for them, and buffers, WebAssembly's memory among them.
 * @param {import("playwright-core").Page} page
 */
export async function openHeaps(page) {
  const cdp = await page.context().newCDPSession(page);
  /** @type {Map<string, string>} session -> the worker's address */
  const workers = new Map();
  /** @type {Map<number, (result: any) => void>} */
  const waiting = new Map();
  let id = 0;
  cdp.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
    if (targetInfo.type === "worker") workers.set(sessionId, targetInfo.url);
  });
  cdp.on("Target.detachedFromTarget", ({ sessionId }) => workers.delete(sessionId));
  cdp.on("Target.receivedMessageFromTarget", ({ message }) => {
    const { id: answered, result } = JSON.parse(message);
    waiting.get(answered)?.(result);
    waiting.delete(answered);
  });
  await cdp.send("Target.setAutoAttach", {
    ...{ autoAttach: true, waitForDebuggerOnStart: false, flatten: false },
  });
  /** @param {string} sessionId @param {string} method */
  const sendTo = (sessionId, method) =>
    new Promise((resolve) => {
      waiting.set(++id, resolve);
      const message = JSON.stringify({ id, method });
      cdp.send("Target.sendMessageToTarget", { sessionId, message });
    });
  /** @param {(method: any) => Promise<any>} send */
  const inUse = async (send) => {
    // What a first collection lets go of may hold more.
    for (let i = 0; i < 3; i++) await send("HeapProfiler.collectGarbage");
    const {
      usedSize,
      embedderHeapUsedSize = 0,
      backingStorageSize = 0,
    } = await send("Runtime.getHeapUsage");
    return { objects: usedSize + embedderHeapUsedSize, buffers: backingStorageSize };
  };
  return async () => {
    const own = await inUse((method) => cdp.send(method));
    const theirs = [];
    for (const [session, url] of workers) {
      theirs.push({ url, ...(await inUse((method) => sendTo(session, method))) });
    }
    /** @param {"objects" | "buffers"} part */
    const sum = (part) => own[part] + theirs.reduce((total, one) => total + one[part], 0);
    return { page: own, workers: theirs, objects: sum("objects"), buffers: sum("buffers") };
  };
}

/**
 * Bytes that a page and its workers use, WebAssembly's memory and canvases among them; the page must be cross-origin
 * isolated.
 * @param {import("playwright-core").Page} page
 */
export async function usedMemory(page) {
  const { bytes } = await page.evaluate("performance.measureUserAgentSpecificMemory()");
  return bytes;
}
