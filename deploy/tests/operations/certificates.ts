import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@parley/testkit';

/** Paths of PEM files. */
export interface Certificate {
  cert: string;
  key: string;
}

const folder = temporaryFolder();
const openssl = (...args: string[]) => void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const filesOf = (name: string): Certificate => ({
  cert: join(folder, `${name}.crt`),
  key: join(folder, `${name}.key`),
});

/** A private certificate authority. */
export function createAuthority(name: string): Certificate {
  const { cert, key } = filesOf(name);
  openssl('req', '-x509', ...newKey, '-subj', `/CN=${name}`, '-days', '2', '-keyout', key, '-out', cert);
  return { cert, key };
}

/** @param host the only name that the certificate is valid for */
export function issueCertificate(authority: Certificate, host: string): Certificate {
  const { cert, key } = filesOf(host);
  const names = join(folder, `${host}.ext`);
  writeFileSync(names, `subjectAltName=DNS:${host}\n`);
  openssl('req', ...newKey, '-subj', `/CN=${host}`, '-keyout', key, '-out', `${cert}.req`);
  const signed = ['x509', '-req', '-in', `${cert}.req`, '-days', '2', '-extfile', names, '-out', cert];
  openssl(...signed, '-CA', authority.cert, '-CAkey', authority.key, '-CAcreateserial');
  return { cert, key };
}

/** PostgreSQL accepts a key only if nobody but its own user can read it. */
export function giveKey({ key }: Certificate, uid: number): void {
  chmodSync(key, 0o600);
  if (process.getuid?.() === 0) chownSync(key, uid, -1);
}
