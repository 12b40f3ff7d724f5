import { z } from 'zod';
import { BackendError } from '../errors.ts';

/**
 * The result of a request, in the form that PROTOCOL.md gives it.
 * @throws BackendError for any other form: the agent is not of this version, or has a defect.
 */
export function checkedResult<S extends z.ZodType>(schema: S, method: string, result: unknown): z.output<S> {
  const checked = schema.safeParse(result);
  if (checked.success) return checked.data;
  throw new BackendError(
    `cannot use the agent's answer to ${method}: ${z.prettifyError(checked.error).replaceAll(/\s+/g, ' ')}; ` +
      'export the agent again with mlu-parity agent export',
    { cause: checked.error },
  );
}
