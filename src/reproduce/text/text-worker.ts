import { serveJob } from "../job-pool.ts";
import { keptText } from "./text-job.ts";

await serveJob(keptText);
