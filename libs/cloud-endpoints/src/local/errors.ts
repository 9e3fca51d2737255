// A file system's words in a cloud's words.
import { CloudError, type CloudFailure } from '@pilotfish/fleet';

const FULL = ['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN'];

/** `whenFull`: what a lack of space or processes means; not `unknown-outcome` only where nothing can have changed. */
export async function inCloudWords<T>(
  what: string,
  call: () => Promise<T>,
  whenFull: CloudFailure = 'unknown-outcome',
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof CloudError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const failure = FULL.includes(code ?? '') ? whenFull : 'unknown-outcome';
    throw new CloudError(failure, `${what}: ${message}`, { cause: error });
  }
}
