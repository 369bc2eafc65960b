/** A file to be put into a container. */
export interface ContainerFile {
  /** Absolute, inside the container. */
  readonly path: string;
  readonly content: string | Uint8Array;
  /** @default 0o644 */
  readonly mode?: number;
  /** Folders on the way that do not exist yet are made with it too. @default 0, root */
  readonly userId?: number;
}

const block = 512;

/** The files as a tar archive, which is what Docker takes, also for a container that is stopped. */
export function tarOf(files: readonly ContainerFile[]): Buffer {
  const parts = files.flatMap((file) => {
    const content = Buffer.from(file.content);
    return [header(file, content.length), content, Buffer.alloc((block - (content.length % block)) % block)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

/** @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html, "ustar Interchange Format" */
function header({ path, mode = 0o644, userId = 0 }: ContainerFile, size: number): Buffer {
  const name = Buffer.from(path.replace(/^\/+/, ''));
  if (name.length > 100) throw new RangeError(`the path is longer than a tar header holds: ${path}`);
  const bytes = Buffer.alloc(block);
  const octal = (value: number, offset: number, length: number) =>
    bytes.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset, 'latin1');
  name.copy(bytes);
  octal(mode, 100, 8);
  octal(userId, 108, 8);
  octal(userId, 116, 8);
  octal(size, 124, 12);
  octal(Math.floor(Date.now() / 1000), 136, 12);
  bytes.write('        0', 148, 'latin1');
  bytes.write('ustar\0' + '00', 257, 'latin1');
  octal(
    bytes.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return bytes;
}
