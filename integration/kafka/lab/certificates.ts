/** Certificates for tests: made anew each time, by nothing but Node.js. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface Identity {
  /** PEM. Signed by itself, so it is also the authority to trust. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
}

/** DER, as far as a certificate needs it: a tag, a length, and what it holds. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(content.length);
  const octets = size.subarray(size.findIndex((octet) => octet > 0));
  const length = content.length < 128 ? [content.length] : [128 + octets.length, ...octets];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const tags = { integer: 2, bits: 3, octets: 4, oid: 6, utf8: 12, time: 23, sequence: 48, set: 49 } as const;
const explicit = (number: number, content: Uint8Array) => der(160 + number, content);
const oid = (hex: string) => der(tags.oid, Buffer.from(hex, 'hex'));
const bits = (content: Uint8Array) => der(tags.bits, Buffer.from([0]), content);

const ecdsaWithSha256 = der(tags.sequence, oid('2a8648ce3d040302'));
const commonName = oid('550403');
const subjectAltName = oid('551d11');
const dayMs = 86_400_000;

function time(at: number): Buffer {
  return der(tags.time, Buffer.from(`${new Date(at).toISOString().replaceAll(/^..|[-:T]|\..*/g, '')}Z`));
}

/** For `localhost` and 127.0.0.1, valid since yesterday until tomorrow. @see RFC 5280, 4.1 */
export function makeIdentity(name: string): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const nobody = der(tags.sequence, der(tags.set, der(tags.sequence, commonName, der(tags.utf8, Buffer.from(name)))));
  const addresses = der(tags.sequence, der(130, Buffer.from('localhost')), der(135, Buffer.from([127, 0, 0, 1])));
  const body = der(
    tags.sequence,
    explicit(0, der(tags.integer, Buffer.from([2]))),
    // Positive, and its first octet not zero.
    der(tags.integer, Buffer.from([1]), randomBytes(8)),
    ecdsaWithSha256,
    nobody,
    der(tags.sequence, time(Date.now() - dayMs), time(Date.now() + dayMs)),
    nobody,
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, der(tags.sequence, der(tags.sequence, subjectAltName, der(tags.octets, addresses)))),
  );
  const certificate = der(tags.sequence, body, ecdsaWithSha256, bits(sign('sha256', body, privateKey)));
  const lines = certificate.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
