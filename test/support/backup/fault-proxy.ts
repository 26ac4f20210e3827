import { createServer, request } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What is answered in the place of a store: XML, or a body of JSON. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly body?: string;
}

/**
 * What happens to a request: it is refused by the store, its connection is cut before or after the store has done it, it is never
 * answered, it waits, or its answer is cut short.
 */
export type Fault =
  Refusal | 'cut before' | 'cut after' | 'freeze' | { readonly delay: number } | { readonly cutAnswerTo: number };

/** A request as a fault sees it. */
export interface Asked {
  readonly method: string;
  /** Path and query, decoded. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  /** How many requests came before it. */
  readonly index: number;
}

/** An HTTP proxy in front of a blob store that injects faults. */
export class FaultProxy {
  public readonly asked: Asked[] = [];
  private fault: (asked: Asked) => Fault | undefined = () => undefined;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  public static async start(target: number, port = 0): Promise<FaultProxy> {
    const server = createServer();
    const proxy = new FaultProxy(server);
    server.on('request', (incoming: IncomingMessage, answer: ServerResponse) => proxy.serve(target, incoming, answer));
    server.on('connection', (socket: Socket) => {
      proxy.sockets.add(socket);
      socket.on('close', () => proxy.sockets.delete(socket)).on('error', () => socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return proxy;
  }

  public get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Injects from now on what the function returns for a request. */
  public inject(fault: (asked: Asked) => Fault | undefined): void {
    this.fault = fault;
  }

  public reset(): void {
    this.fault = () => undefined;
    this.asked.length = 0;
  }

  public stop(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private serve(target: number, incoming: IncomingMessage, answer: ServerResponse): void {
    const { method = '', url = '', headers } = incoming;
    const asked: Asked = { method, url: decodeURIComponent(url), headers, index: this.asked.length };
    this.asked.push(asked);
    const fault = this.fault(asked);
    if (fault === 'freeze') return void incoming.resume();
    if (fault === 'cut before') return void incoming.socket.destroy();
    if (typeof fault === 'object' && 'status' in fault) {
      incoming.resume().on('end', () => refuse(answer, fault));
      return;
    }
    const wait = typeof fault === 'object' && 'delay' in fault ? fault.delay : 0;
    setTimeout(() => forward(target, incoming, answer, fault), wait);
  }
}

function refuse(answer: ServerResponse, { status, code, body }: Refusal): void {
  const xml = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>injected</Message></Error>`;
  const type = body === undefined ? 'application/xml' : 'application/json';
  answer.writeHead(status, { 'content-type': type, 'x-ms-error-code': code });
  answer.end(body ?? xml);
}

function forward(target: number, incoming: IncomingMessage, answer: ServerResponse, fault: Fault | undefined): void {
  const { method, url: path, headers } = incoming;
  const outgoing = request({ host: '127.0.0.1', port: target, method, path, headers }, (reply) => {
    if (fault === 'cut after') {
      reply.resume().on('end', () => incoming.socket.destroy());
      return;
    }
    answer.writeHead(reply.statusCode!, reply.headers);
    if (typeof fault === 'object' && 'cutAnswerTo' in fault) {
      let left = fault.cutAnswerTo;
      reply.on('data', (chunk: Buffer) => {
        answer.write(chunk.subarray(0, left));
        left -= chunk.length;
        if (left <= 0) setTimeout(() => incoming.socket.destroy(), 50);
      });
      return;
    }
    reply.pipe(answer);
  });
  outgoing.on('error', () => incoming.socket.destroy());
  incoming.on('error', () => outgoing.destroy());
  incoming.pipe(outgoing);
}
