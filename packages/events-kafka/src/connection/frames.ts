const sizeBytes = 4;
/** The number of the request that a response answers. */
const leastBytes = 4;
/** More than any broker answers with: what claims to be larger is no frame. */
const mostBytes = 512 * 1024 * 1024;

/**
 * Takes what arrives and gives the frames that are complete, as one piece. The client keeps what it has of a frame when a
 * connection is lost and takes the next connection's bytes for the rest of it; and a size that cannot be makes it throw
 * where nobody catches.
 */
export function createFrames(): (chunk: Buffer) => Buffer | undefined {
  let chunks: Buffer[] = [];
  let buffered = 0;
  /** How much there must be before it is worth looking. */
  let needed = sizeBytes;

  /** @throws {RangeError} for a size that cannot be. */
  return (chunk) => {
    chunks.push(chunk);
    buffered += chunk.length;
    if (buffered < needed) return undefined;
    const all = chunks.length === 1 ? chunk : Buffer.concat(chunks, buffered);
    let complete = 0;
    needed = sizeBytes;
    while (all.length - complete >= sizeBytes) {
      const size = all.readInt32BE(complete);
      if (size < leastBytes || size > mostBytes)
        throw new RangeError(`a frame of ${size} bytes was announced: whoever listens there speaks another protocol`);
      if (all.length - complete < sizeBytes + size) {
        needed = sizeBytes + size;
        break;
      }
      complete += sizeBytes + size;
    }
    const rest = all.subarray(complete);
    chunks = rest.length === 0 ? [] : [rest];
    buffered = rest.length;
    return complete === 0 ? undefined : all.subarray(0, complete);
  };
}
