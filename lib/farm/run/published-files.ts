/**
 * The files that a job of the run has published, as its status lists them. They need not be those of the layout: a rerun may have made other
 * page ranges.
 */
import { parseDumpFileName } from "../../dump/file-name.ts";
import type { OutputSpec, PublishedFile } from "../jobs/job.ts";
import { isPublished } from "../report/file-status.ts";
import type { JobStatus } from "../report/run-status.ts";

/** In the order of parts and ids. */
export function publishedFiles(job: JobStatus, directory: string): readonly PublishedFile[] {
  const files = job.files.filter((file) => isPublished(job, file)).flatMap(({ name }): PublishedFile[] => {
    const spec = parseDumpFileName(name);
    return spec === undefined ? [] : [{ spec: spec as OutputSpec, path: `${directory}/${name}` }];
  });
  return files.sort(({ spec: a }, { spec: b }) =>
    (a.part ?? 0) - (b.part ?? 0) || (a.range?.first ?? 0) - (b.range?.first ?? 0)
  );
}
