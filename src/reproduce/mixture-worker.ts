import { serveJob } from "./job-pool.ts";
import { keptMixture } from "./kept-mixture.ts";

await serveJob(keptMixture);
