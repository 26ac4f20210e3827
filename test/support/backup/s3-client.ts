import { createHash, createHmac } from 'node:crypto';
import { ACCESS_KEY } from './s3';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** What S3 is asked for as nobody's program asks for it: by a clock that is wrong, and for the rules of a bucket. */
export interface S3Request {
  readonly method: string;
  /** Path and query, e.g. `/shop?policy=`. The query is one that is sorted, and each name has its `=`. */
  readonly url: string;
  readonly body?: string;
  /** The time that the request is signed with. */
  readonly at?: Date;
}

/** Signs a request (version 4 of Amazon's signatures) and returns status and text of the answer. */
export async function askS3(port: number, asked: S3Request): Promise<{ status: number; text: string }> {
  const { method, url, body = '', at = new Date() } = asked;
  const [path = '', query = ''] = url.split('?');
  const time = at.toISOString().replace(/[-:]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const headers = {
    'content-md5': createHash('md5').update(body).digest('base64'),
    host: `127.0.0.1:${port}`,
    'x-amz-content-sha256': sha256(body),
    'x-amz-date': time,
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = [method, path, query, lines.join(''), names, sha256(body)].join('\n');
  const scope = `${day}/us-east-1/s3/aws4_request`;
  const key = ['us-east-1', 's3', 'aws4_request'].reduce(hmac, hmac(`AWS4${ACCESS_KEY.secret}`, day));
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${ACCESS_KEY.id}/${scope},SignedHeaders=${names},Signature=${signature}`;
  const answer = await fetch(`http://127.0.0.1:${port}${url}`, {
    method,
    headers: { ...headers, authorization },
    ...(body !== '' && { body }),
  });
  return { status: answer.status, text: await answer.text() };
}
