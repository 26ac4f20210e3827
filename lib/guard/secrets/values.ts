import type { Promised } from './names';
import { wordsOf } from './names';

/** Where the value of a secret comes from elsewhere: what stands there is replaced, or looked up. */
const REFERENCES: readonly RegExp[] = [
  // Of Kubernetes, a shell, Flux, Helm, Jinja, Spring, Grafana and ERB.
  /\$[({]|\$__\w|\{\{|%\(|<%|#\{/,
  // `$NAME`, and `$dex.github.clientSecret` of Argo CD.
  /^\$[A-Za-z_][\w.:-]*$/,
  /^%[A-Za-z_]\w*%$|^%[sdv]$/,
  /^@[A-Za-z_][\w.]*@$/,
  /^<[^>]*>$|^\[[^\]]*\]$|^\{[\w .:-]*\}$/,
  // Of vaults.
  /^(?:vault|ref\+\w+|op|azurekeyvault|secretref|secretsmanager|ssm|awssm|gcpsm|env|file|keyring):/i,
  /^arn:aws[\w-]*:|^@Microsoft\.KeyVault\(|^projects\/[\w-]+\/secrets\//,
];

/** Words that stand for no value. */
const NO_VALUE =
  /^(?:true|false|yes|no|y|n|on|off|null|none|nil|~|undefined|enabled|disabled|enable|disable|optional|required|auto|default|unset|empty|unused|ignored|todo|tbd|fixme|dummy|changeit)$/i;

/** A text that asks for a value, without its punctuation. */
const ASKS =
  /^(?:please)?(?:change|replace|fill|set|insert|enter|put|add|paste)(?:me|this|it|with|in|your|here)|(?:changeme|replaceme|changethis|placeholder|redacted|goeshere)|^your|^my(?:password|secret|token|key)here$|^(?:put|insert|enter|paste|add)\w*here$/;

const PATH = /^(?:~|\.{1,2}|[A-Za-z]:)?[/\\][\w.@-]+(?:[/\\][\w.@-]+)*[/\\]?$/;
const FILE = /^[\w-]+\.(?:pem|key|crt|cer|p12|pfx|jks|json|ya?ml|txt|env|conf|ini)$/;
const ADDRESS = /^[a-z][a-z0-9+.-]{1,20}:\/\//i;

/** Whether a value is an empty one, or stands for one that comes later or from elsewhere. */
export function isPlaceholder(value: string): boolean {
  const text = value.trim();
  if (!/[\p{L}\p{N}]/u.test(text) || NO_VALUE.test(text)) return true;
  if (text.length > 1000) return false;
  if (REFERENCES.some((reference) => reference.test(text))) return true;
  const letters = text
    .replace(/^base64:/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  return /^x{3,}$/.test(letters) || ASKS.test(letters);
}

/** Whether a value is what its name promises. Of what is written in a file, a sentence is none. */
export function isLiteral(value: string, promised: Promised): boolean {
  const text = value.trim();
  if (isPlaceholder(text)) return false;
  if (PATH.test(text) || FILE.test(text) || ADDRESS.test(text)) return false;
  switch (promised) {
    case 'password':
      return true;
    case 'token':
      return !isNumber(text);
    case 'secret':
    case 'key':
      // The name of a Secret, or of a key in one.
      return !isNumber(text) && !isName(text);
    case 'login':
      return isLogin(text);
  }
}

function isNumber(text: string): boolean {
  return /^[\d.]+[a-z]{0,2}$/.test(text);
}

/** Words that are put together, as people name things: `shop-db`, `tls.key`, `adminPassword`, `DB_PASSWORD`. */
function isName(text: string): boolean {
  return text.length <= 63 && /^[\w./-]+$/.test(text) && text.split(/[._/-]/).every(areWords);
}

function areWords(segment: string): boolean {
  if (/^\d{0,3}$/.test(segment)) return true;
  const words = wordsOf(segment);
  // Of chance, upper and lower case change often, and figures stand between.
  return words.length <= 3 && /^[A-Za-z]{1,16}\d{0,2}$/.test(segment);
}

/** `Basic …`, `Bearer …`, or what Docker keeps: `user:password` in base64. */
function isLogin(text: string): boolean {
  const [, scheme, credentials] = /^(?:(basic|bearer|token)\s+)?(\S{8,})$/i.exec(text) ?? [];
  if (credentials === undefined || isPlaceholder(credentials)) return false;
  if (scheme !== undefined) return true;
  return (
    /^[A-Za-z0-9+/]{8,}={0,2}$/.test(credentials) &&
    /^[\x21-\x7e]+:[\x21-\x7e]+$/.test(Buffer.from(credentials, 'base64').toString('latin1'))
  );
}
