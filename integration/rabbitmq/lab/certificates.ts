import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rabbitmqTlsPort } from '../../brokers/kinds.ts';
import type { Management } from './management.ts';

/** Files with the authorities a client may be told to trust. */
export interface Authorities {
  /** Signed the broker's certificate. */
  readonly trusted: string;
  /** Signed nothing here. */
  readonly untrusted: string;
  remove(): Promise<void>;
}

/**
 * The broker makes its own certificates, for `localhost` and the address of this machine, and listens with them until it
 * restarts: Erlang brings all that is needed, no program and no package beside it.
 */
export async function listenWithTls(management: Management): Promise<Authorities> {
  const made = (await management.evaluate(`
    Key = {key, {rsa, 2048, 65537}}, Digest = {digest, sha256},
    Names = {'Extension', {2, 5, 29, 17}, false, [{dNSName, "localhost"}, {iPAddress, <<127, 0, 0, 1>>}]},
    Chain = #{root => [Key, Digest], intermediates => [], peer => [Key, Digest, {extensions, [Names]}]},
    Make = fun() -> public_key:pkix_test_data(#{server_chain => Chain, client_chain => Chain}) end,
    Roots = fun(#{client_config := Config}) -> [base64:encode(Root) || Root <- proplists:get_value(cacerts, Config)] end,
    #{server_config := Server} = Ours = Make(),
    rabbit_networking:start_ssl_listener(${rabbitmqTlsPort}, [{verify, verify_none} | Server], 1),
    #{trusted => Roots(Ours), untrusted => Roots(Make())}.`)) as Readonly<Record<'trusted' | 'untrusted', string[]>>;
  const folder = await mkdtemp(join(tmpdir(), 'events-authorities-'));

  async function write(name: keyof typeof made): Promise<string> {
    const file = join(folder, `${name}.pem`);
    const certificates = made[name].map((root) => root.replaceAll(/.{64}/g, '$&\n'));
    await writeFile(
      file,
      certificates.map((text) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`).join(''),
    );
    return file;
  }
  return {
    trusted: await write('trusted'),
    untrusted: await write('untrusted'),
    remove: () => rm(folder, { recursive: true }),
  };
}
