import { isPlaceholder } from './values';

/** A secret that is known by its looks. */
export interface Shape {
  readonly name: string;
  /** Fixed beginnings and bounded repetitions only: a line may have megabytes. */
  readonly pattern: RegExp;
  /** Whether what was found is one after all. */
  readonly unless?: (found: RegExpExecArray) => boolean;
}

/** What whoever publishes a shape says of it, as far as it can be told from other text. */
export const SHAPES: readonly Shape[] = [
  {
    name: 'private key',
    pattern: /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----([^-]{0,200})/g,
    // An example of three dots, or a template.
    unless: ([, body = '']) => !/^(?:Proc-Type|Version|Comment|[A-Za-z0-9+/]{20})/.test(body.replace(/\\[nr]|\s/g, '')),
  },
  {
    name: 'private key',
    pattern: /LS0tLS1CRUdJTi[A-Za-z0-9+/]{26,60}/g,
    unless: ([text]) => !Buffer.from(text, 'base64').toString('latin1').includes('PRIVATE KEY'),
  },
  { name: 'private key', pattern: /AGE-SECRET-KEY-1[0-9A-Z]{58}/g },
  {
    name: 'AWS access key',
    pattern: /(?<![A-Za-z0-9+/])A(?:KIA|SIA)[A-Z2-7]{16}(?![A-Za-z0-9+/])/g,
    unless: ([text]) => text.endsWith('EXAMPLE'),
  },
  { name: 'GitHub token', pattern: /gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40}/g },
  { name: 'GitLab token', pattern: /(?<![A-Za-z0-9])gl(?:pat|rt|dt|ptt|ft|soat|cbt|imt|agent|oas)-[\w-]{20}/g },
  { name: 'Slack token', pattern: /(?<![A-Za-z0-9])(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10}/g },
  { name: 'Slack webhook', pattern: /hooks\.slack\.com\/services\/T[A-Z0-9]{6,12}\/B[A-Z0-9]{6,12}\/[A-Za-z0-9]{20}/g },
  { name: 'Stripe key', pattern: /(?<![A-Za-z0-9])(?:[sr]k_(?:live|test)_|whsec_)[A-Za-z0-9]{16}/g },
  { name: 'Google key', pattern: /AIza[\w-]{35}|GOCSPX-[\w-]{28}/g },
  { name: 'Azure key', pattern: /(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{40}/g },
  { name: 'Azure SAS', pattern: /[?&;]sig=[A-Za-z0-9%+/]{40}/g },
  { name: 'npm token', pattern: /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}/g },
  { name: 'Docker token', pattern: /dckr_pat_[\w-]{20}/g },
  { name: 'SendGrid key', pattern: /(?<![A-Za-z0-9])SG\.[\w-]{22}\.[\w-]{43}/g },
  { name: 'Vault token', pattern: /(?<![A-Za-z0-9])hv[sb]\.[\w-]{24}/g },
  { name: 'Grafana token', pattern: /gl(?:sa|c)_[A-Za-z0-9+/=_]{32}/g },
  { name: 'JSON web token', pattern: /(?<![\w-])eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{10}/g },
  {
    name: 'password',
    pattern: /\b(?:PASSWORD|IDENTIFIED[ \t]{1,4}BY)[ \t]{1,4}'([^'\n]{1,200})'/gi,
    unless: ([, password = '']) => isPlaceholder(password),
  },
  {
    // `user NAME on >PASSWORD`, of Redis and Valkey.
    name: 'password',
    pattern: /^[ \t]{0,8}user[ \t]{1,4}\S{1,64}[ \t][^\n>]{0,100}>(\S{1,128})/gm,
    unless: ([, password = '']) => isPlaceholder(password),
  },
  {
    name: 'login in an address',
    pattern: /:\/\/([^\s/?#@:"'`<>\\]{0,128}):([^\s/?#"'`<>\\]{1,256})@[\w[$({]/g,
    unless: ([, , password = '']) => isPlaceholder(password),
  },
  {
    // `user:password@tcp(host)`, of Go's driver of MySQL.
    name: 'login in an address',
    pattern: /(?<![^\s"'=])[\w.-]{1,64}:([^\s"'@]{1,128})@(?:tcp|unix)\(/g,
    unless: ([, password = '']) => isPlaceholder(password),
  },
];

/** Where a shape is in a text. */
export interface ShapeFound {
  readonly name: string;
  readonly index: number;
}

export function* shapesIn(text: string): Generator<ShapeFound> {
  for (const { name, pattern, unless } of SHAPES) {
    for (const found of text.matchAll(pattern)) {
      if (!unless?.(found)) yield { name, index: found.index };
    }
  }
}
