/** What a name promises. */
export type Promised = 'password' | 'token' | 'secret' | 'key' | 'login';

/** The end of a name, as words. The longest that fits counts. */
const ENDS: { readonly [end: string]: Promised } = {
  password: 'password',
  passwd: 'password',
  passphrase: 'password',
  pass: 'password',
  pw: 'password',
  'bind pw': 'password',
  requirepass: 'password',
  masterauth: 'password',
  token: 'token',
  'erlang cookie': 'token',
  'cookie secret': 'token',
  secret: 'secret',
  'api key': 'key',
  'app key': 'key',
  'secret key': 'key',
  'secret access key': 'key',
  'storage access key': 'key',
  'account key': 'key',
  'storage key': 'key',
  'private key': 'key',
  'encryption key': 'key',
  'master key': 'key',
  'signing key': 'key',
  'session key': 'key',
  'shared key': 'key',
  'hmac key': 'key',
  'license key': 'key',
  'auth key': 'key',
  'logged in key': 'key',
  'nonce key': 'key',
  'auth salt': 'key',
  'logged in salt': 'key',
  'nonce salt': 'key',
  auth: 'login',
  authorization: 'login',
};

/** Names that are written as one word: `dbpassword`. */
const GLUED: readonly (readonly [RegExp, Promised])[] = [
  [/(?:password|passwd|passphrase)$/, 'password'],
  [/(?:api|secret|private|secretaccess)key$/, 'key'],
  [/(?:auth|access|api|bearer|refresh)token$/, 'token'],
  [/clientsecret$/, 'token'],
];

/** What may follow and changes nothing. */
const TAIL = new Set(['value', 'plain', 'plaintext', 'text', 'txt', 'base64', 'b64', 'base', 'new', 'old', 'current']);

/** Before `secret`: what then stands there is no name of a Secret. */
const STRONG =
  /^(?:api|app|application|client|consumer|cookie|csrf|encryption|hmac|internal|jwt|oauth|oauth2|oidc|runner|session|shared|signing|webhook)$/;

/** Before `secret`, `token` or `password`: the name is about one, and does not hold it. */
const ABOUT = new Set([
  'existing',
  'allow',
  'enable',
  'enabled',
  'disable',
  'require',
  'use',
  'has',
  'is',
  'no',
  'show',
]);

/** What is made of a secret, as annotations have it to restart pods. */
const DIGEST = new Set(['checksum', 'hash', 'sha', 'digest', 'fingerprint']);

/** Longer names are data. */
const LONGEST = 100;

/** What a variable, key or option holds by its name; nothing where its name promises no secret. */
export function promisedBy(name: string): Promised | undefined {
  if (name.length > LONGEST) return undefined;
  const words = wordsOf(name);
  if (words.some((word) => DIGEST.has(word))) return undefined;
  while (words.length > 1 && TAIL.has(words.at(-1) ?? '')) words.pop();
  const last = words.at(-1) ?? '';
  if (words.length > 1 && ABOUT.has(words[0] ?? '') && !words.includes('key')) return undefined;
  // PWD alone is the working directory.
  if (last === 'pwd') return words.length > 1 ? 'password' : undefined;
  for (let length = 3; length > 0; length--) {
    const promised = words.length >= length ? ENDS[words.slice(-length).join(' ')] : undefined;
    if (promised === 'secret' && STRONG.test(words.at(-2) ?? '')) return 'token';
    // Docker's `auth`, and a header; `smtp_auth` and `basic_auth` are switches.
    if (promised === 'login' && words.length > 1 && last !== 'authorization') return undefined;
    if (promised) return promised;
  }
  return GLUED.find(([end]) => end.test(last))?.[1];
}

/** `dbPassword`, `DB_PASSWORD_2` and `db.password` are the same words. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((word) => (/^(?:b64|base64|oauth2)$/.test(word) ? word : word.replace(/\d+$/, '')))
    .filter((word) => word !== '');
}
