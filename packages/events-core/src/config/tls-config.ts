import { z } from 'zod';

/** How a connection is encrypted. Paths are relative to the working directory. */
export interface TlsConfig {
  /** PEM file with the authorities to trust. @default those Node.js trusts */
  readonly ca_file?: string;
  /** PEM file with the client's certificate; needs `key_file`. */
  readonly cert_file?: string;
  /** PEM file with the client's private key; needs `cert_file`. */
  readonly key_file?: string;
  /** The name the server's certificate must carry. @default the host in `url` */
  readonly server_name?: string;
}

export const tlsKeys = {
  ca_file: z.string().min(1).exactOptional(),
  cert_file: z.string().min(1).exactOptional(),
  key_file: z.string().min(1).exactOptional(),
  server_name: z.string().min(1).exactOptional(),
};

const wrongType = 'must be true or an object; leave it out for none';

const tlsObject = z
  .strictObject(tlsKeys, { error: (issue) => (issue.code === 'invalid_type' ? wrongType : undefined) })
  .superRefine((tls, context) => {
    if ((tls.cert_file === undefined) === (tls.key_file === undefined)) return;
    const missing = tls.cert_file === undefined ? 'cert_file' : 'key_file';
    context.addIssue({ code: 'custom', path: [missing], message: 'is missing: a certificate and its key go together' });
  });

/** `true` is TLS with the authorities Node.js trusts. */
export const tlsSchema = z.preprocess(
  (value) => (value === true ? {} : value),
  tlsObject satisfies z.ZodType<TlsConfig>,
);
