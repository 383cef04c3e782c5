import { serveJob } from "../job-pool.ts";
import { runPatient } from "./patient-run.ts";

await serveJob(runPatient);
