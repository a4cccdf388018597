/** One run in the middle of its work, with a job of every state, and the settings that go with it. */
import type { ReportSettings } from "../../../lib/farm/report/report-settings.ts";
import type { FileStatus, JobStatus, RunStatus } from "../../../lib/farm/report/run-status.ts";

export const SETTINGS: ReportSettings = {
  webRoot: "https://dumps.example/d",
  indexName: "backup-index.html",
  runPageName: "index.html",
  templateDirectory: undefined,
  fileMode: 0o640,
};

const MD5 = "4d5b".repeat(8);
const SHA1 = "0c1f".repeat(10);

export function file(name: string, sizeBytes?: number): FileStatus {
  const isSized = sizeBytes !== undefined;
  return { name, sizeBytes, md5: isSized ? MD5 : undefined, sha1: isSized ? SHA1 : undefined };
}

export function job(name: string, more: Partial<JobStatus> = {}): JobStatus {
  return {
    name,
    title: `Title of ${name}`,
    detail: "",
    state: "waiting",
    updated: undefined,
    progress: "",
    files: [],
    trouble: undefined,
    notices: [],
    ...more,
  };
}

export const RUNNING: RunStatus = {
  wiki: "tewiki",
  date: "20260101",
  isPrivate: false,
  isClosed: false,
  phase: "running",
  startedAt: new Date("2026-01-01T21:57:00Z"),
  updatedAt: new Date("2026-01-01T22:10:03Z"),
  notice: "",
  previous: { date: "20251201", isComplete: true },
  jobs: [
    job("pagetable", {
      title: "Base data of pages",
      detail: "optional detail",
      state: "done",
      updated: new Date("2026-01-01T21:57:40Z"),
      files: [file("tewiki-20260101-page.sql.gz", 67)],
    }),
    job("sitestatstable", {
      state: "failed",
      updated: new Date("2026-01-01T21:58:00Z"),
      files: [file("tewiki-20260101-site_stats.sql.gz")],
      trouble: { code: "EXIT", message: "mysqldump ended with exit code 2", remedy: "Look at the database's log" },
    }),
    job("xmlstubsdump", { state: "skipped", updated: new Date("2026-01-01T21:59:00Z") }),
    job("articlesdump", {
      state: "in-progress",
      updated: new Date("2026-01-01T22:10:03Z"),
      progress: "1200 pages, 340/s",
      files: [{ ...file("tewiki-20260101-pages-articles.xml.bz2"), sizeBytes: 353745 }],
      notices: ["Revision 7: the text is missing"],
    }),
    job("metahistory7zdump", { files: [file("tewiki-20260101-pages-meta-history.xml.7z")] }),
  ],
};

/** The same run when all went well. */
export const COMPLETE: RunStatus = {
  ...RUNNING,
  phase: "finished",
  jobs: [RUNNING.jobs[0]!, job("xmlstubsdump", { state: "skipped" })],
};
