/**
 * Puts the pieces of a revision together, or leaves most of the text out when nobody wants it: memory then stays small however
 * long a revision is.
 */
import { ByteBuffer } from "../../bits/byte-buffer.ts";
import { DumpFormatError } from "../../errors.ts";
import { HugeRevision } from "./huge-revision.ts";
import { LazyRevision, type RevisionPlace } from "./revision-reader.ts";

/** Revisions up to this length are put together in any case. */
const MAX_GATHERED_BYTES = 1024 * 1024;

/** A whole revision. */
export interface GatheredRevision {
  /** Its text is cut short unless texts are wanted. */
  readonly revision: LazyRevision;
  /** Bytes of the whole text, entities decoded: as stated, measured where it is not. */
  readonly textByteLength: number;
}

/** Takes the revision parts of a splitter. */
export class RevisionGatherer {
  readonly #maxTextedBytes: number | undefined;
  readonly #gathered = new ByteBuffer();
  #huge: HugeRevision | undefined;
  #place: RevisionPlace = { byteOffset: 0, pageId: undefined };

  /** With `maxRevisionBytes` texts are wanted: a longer revision is an error. */
  constructor(maxRevisionBytes?: number) {
    this.#maxTextedBytes = maxRevisionBytes;
  }

  /** Whether pieces of a revision are waiting for the rest. */
  get isWaiting(): boolean {
    return this.#huge !== undefined || this.#gathered.length > 0;
  }

  /** Takes a piece; gives the revision with its last one. Throws DumpFormatError (of the revision, TOO_LARGE). */
  take(piece: Uint8Array, isEnd: boolean, place: RevisionPlace): GatheredRevision | undefined {
    if (!this.isWaiting) {
      this.#place = place;
      this.#checkLength(piece.length);
      if (isEnd) return this.#read(piece);
    }
    this.#gather(piece);
    if (!isEnd) return undefined;
    const huge = this.#huge;
    this.#huge = undefined;
    return huge?.finish() ?? this.#read(this.#gathered.take());
  }

  #gather(piece: Uint8Array): void {
    const byteLength = this.#gathered.length + piece.length;
    this.#checkLength(byteLength);
    if (this.#huge === undefined && this.#maxTextedBytes === undefined && byteLength > MAX_GATHERED_BYTES) {
      this.#huge = new HugeRevision(this.#place);
      this.#huge.push(this.#gathered.take());
    }
    if (this.#huge === undefined) this.#gathered.append(piece);
    else this.#huge.push(piece);
  }

  #read(bytes: Uint8Array): GatheredRevision {
    const revision = new LazyRevision(bytes, this.#place);
    return { revision, textByteLength: revision.textByteLength ?? revision.textBytes().length };
  }

  #checkLength(byteLength: number): void {
    if (this.#maxTextedBytes === undefined || byteLength <= this.#maxTextedBytes) return;
    const { byteOffset, pageId } = this.#place;
    const message = `The revision at byte ${byteOffset} of page ${pageId} has more than ${this.#maxTextedBytes} bytes`;
    throw new DumpFormatError("TOO_LARGE", message, this.#place, {
      remedy: "Leave the texts out, or allow longer ones if there is memory for them",
    });
  }
}
