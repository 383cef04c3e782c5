// What can be measured of a page in Chromium, through Playwright.
import { gzipSync } from "node:zlib";

/**
 * Notes every script that a page and its workers fetch, up to the first file of ONNX Runtime's WebAssembly;
 * call it before the page goes anywhere.
 * @param {import("playwright-core").Page} page
 */
export function watchScripts(page) {
  /** @type {{ name: string, body: Promise<Buffer> }[]} */
  const seen = [];
  let runtime = false;
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (pathname.includes("/ort/")) runtime = true;
    if (runtime || !/\.m?js$/.test(pathname)) return;
    seen.push({ name: pathname.split("/").at(-1) ?? "", body: response.body() });
  });
  return async () => {
    const scripts = [];
    for (const { name, body } of seen) {
      const bytes = await body;
      scripts.push({ name, bytes: bytes.length, gzipBytes: gzipSync(bytes).length });
    }
    return scripts;
  };
}

/**
 * Tasks of the page's own thread over 50 ms, and frames a second, while `ms` pass.
 * @param {import("playwright-core").Page} page
 * @param {number} ms
 */
export async function watchTasks(page, ms) {
  return page.evaluate(async (duration) => {
    /** @type {number[]} */
    const tasks = [];
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) tasks.push(entry.duration);
    });
    observer.observe({ type: "longtask" });
    const from = performance.now();
    let frames = 0;
    let now = from;
    while (now - from < duration) {
      await new Promise((go) => requestAnimationFrame(go));
      now = performance.now();
      frames++;
    }
    // What ended with the last frame is told in a task of its own.
    await new Promise((go) => setTimeout(go, 100));
    for (const entry of observer.takeRecords()) tasks.push(entry.duration);
    observer.disconnect();
    return {
      longTasks: tasks.length,
      longestMs: Math.max(0, ...tasks),
      framesPerSecond: (1000 * frames) / (now - from),
    };
  }, ms);
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
    const { usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 } = await send(
      "Runtime.getHeapUsage",
    );
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
