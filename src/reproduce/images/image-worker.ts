import { serveJob } from "../job-pool.ts";
import { runImages } from "./image-run.ts";

await serveJob(runImages);
