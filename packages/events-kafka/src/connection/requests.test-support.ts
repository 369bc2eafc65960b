/** Requests as the client writes them. */
export function request(key: number, version: number, ...fields: readonly Buffer[]): Buffer {
  return framed(int16(key), int16(version), int32(7), text('client'), ...fields);
}

function framed(...fields: readonly Buffer[]): Buffer {
  const body = Buffer.concat(fields);
  return Buffer.concat([int32(body.length), body]);
}

export function metadataRequest(version: number): Buffer {
  return request(3, version, int32(-1));
}

/** An answer to it: the errors of the partitions of its topics. */
export function metadataAnswer(topics: Readonly<Record<string, readonly number[]>>): Buffer {
  const broker = [int32(1), text('broker-1'), int32(9_092), text(null)];
  const partition = (error: number, index: number) => [
    int16(error),
    int32(index),
    int32(error === 0 ? 1 : -1),
    list([int32(1)]),
    list(error === 0 ? [int32(1)] : []),
    list([]),
  ];
  const all = Object.entries(topics).map(([topic, errors]) => [
    int16(0),
    text(topic),
    Buffer.from([0]),
    list(errors.map((error, index) => Buffer.concat(partition(error, index)))),
  ]);
  const described = list(all.map((fields) => Buffer.concat(fields)));
  return framed(int32(7), int32(0), list([Buffer.concat(broker)]), text('cluster'), int32(1), described);
}

/** An answer to who coordinates a group. */
export function coordinatorAnswer(version: number, error: number): Buffer {
  const throttled = version === 0 ? [] : [int32(0)];
  const said = version === 0 ? [] : [text(null)];
  return framed(int32(7), ...throttled, int16(error), ...said, int32(1), text('broker-1'), int32(9_092));
}

function list(all: readonly Buffer[]): Buffer {
  return Buffer.concat([int32(all.length), ...all]);
}

export function joinRequest(memberId: string, { group = 'ledger', version = 5 } = {}): Buffer {
  const timeouts = version === 0 ? [int32(30_000)] : [int32(30_000), int32(75_000)];
  return request(11, version, text(group), ...timeouts, text(memberId), text(null), text('consumer'), int32(0));
}

export function leaveRequest(memberId: string, { version = 3 } = {}): Buffer {
  const members = version < 3 ? [text(memberId)] : [int32(1), text(memberId), text(null)];
  return request(13, version, text('ledger'), ...members);
}

export function heartbeatRequest(memberId: string): Buffer {
  return request(12, 3, text('ledger'), int32(1), text(memberId), text(null));
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function text(value: string | null): Buffer {
  if (value === null) return int16(-1);
  const bytes = Buffer.from(value);
  return Buffer.concat([int16(bytes.length), bytes]);
}
