/** What another program's compressed batches look like. Nothing is made smaller: every byte is a literal. */
import kafkajs, { type ProducerRecord } from 'kafkajs';
import { plainKafka } from './namespace.ts';

const literalsAtOnce = 65_536;

/** The format of Java's `SnappyOutputStream`, which Kafka takes for snappy. */
function snappy(bytes: Buffer): Buffer {
  const header = Buffer.from('82534e4150505900' + '00000001' + '00000001', 'hex');
  const chunks: Buffer[] = [header];
  for (let from = 0; from < bytes.length; from += literalsAtOnce) {
    const block = rawSnappy(bytes.subarray(from, from + literalsAtOnce));
    const length = Buffer.alloc(4);
    length.writeInt32BE(block.length);
    chunks.push(length, block);
  }
  return Buffer.concat(chunks);
}

/** The length of what comes out, as a varint; a tag that says how long the literal is; and that. */
function rawSnappy(bytes: Buffer): Buffer {
  const length: number[] = [];
  for (let left = bytes.length; length.length === 0 || left > 0; left >>>= 7)
    length.push((left & 127) | (left > 127 ? 128 : 0));
  const last = bytes.length - 1;
  return Buffer.concat([Buffer.from([...length, 61 << 2, last & 255, last >>> 8]), bytes]);
}

/** Sends one record in a batch compressed with snappy, of which kafkajs itself knows only the name. */
export async function sendWithSnappy(url: string, { topic, messages }: ProducerRecord): Promise<void> {
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  const codecs = CompressionCodecs as unknown as Record<number, unknown>;
  const none = codecs[CompressionTypes.Snappy];
  const producer = plainKafka(url).producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  codecs[CompressionTypes.Snappy] = () => ({ compress: async ({ buffer }: { buffer: Buffer }) => snappy(buffer) });
  try {
    await producer.send({ topic, messages, compression: CompressionTypes.Snappy });
  } finally {
    // The adapter is to meet the library as its users have it.
    codecs[CompressionTypes.Snappy] = none;
    await producer.disconnect();
  }
}
