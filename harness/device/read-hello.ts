import { BackendError } from '../errors.ts';
import { quote } from '../weights/shorten.ts';
import { type Hello, helloSchema, helloVersionSchema, PROTOCOL_VERSION } from './agent-messages.ts';
import { ProtocolError } from './protocol-error.ts';

/**
 * An agent's first word.
 * @throws BackendError where it speaks another version of the protocol, ProtocolError where it is no hello.
 */
export function readHello(head: unknown, command: string): Hello {
  const version = helloVersionSchema.safeParse(head);
  if (!version.success) throw new ProtocolError('a first frame that is no hello');
  const { protocol } = version.data;
  if (protocol !== PROTOCOL_VERSION) {
    throw new BackendError(
      `cannot use the agent of ${quote(command)}: the agent speaks protocol ${protocol}, this mlu-parity ${PROTOCOL_VERSION}: ` +
        'export it again with mlu-parity agent export',
    );
  }
  const hello = helloSchema.safeParse(head);
  if (!hello.success) throw new ProtocolError('a hello that is none', { cause: hello.error });
  return hello.data;
}
