import { serveJob } from "./job-pool.ts";
import { runMixture } from "./mixture-run.ts";

await serveJob(runMixture);
