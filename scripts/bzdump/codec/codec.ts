/**
 * What compress, decompress and cat do: their own work, or that which -d, -z and -t ask for.
 */
import { type CodecCall, type CodecMode, type CodecOptions, modeOf } from "./codec-options.ts";
import { compressFiles } from "./compress-files.ts";
import { decompressFiles } from "./decompress-files.ts";
import { testFiles } from "./test-files.ts";

const WORK: Readonly<Record<CodecMode, (call: CodecCall<CodecOptions>) => Promise<number>>> = {
  compress: compressFiles,
  decompress: decompressFiles,
  test: testFiles,
};

/** Does with all files what is asked for. Gives the exit code of the first that failed, or 0. */
export function runCodec(verb: CodecMode, call: CodecCall<CodecOptions>): Promise<number> {
  return WORK[modeOf(call.options, verb)](call);
}
