import { CommanderError } from 'commander';
import { EXIT } from './exit-status.ts';

const CODE = 'wms.usage';

/** The command line asks for something that makes no sense; the message says what to write. */
export function usageError(message: string): CommanderError {
  return new CommanderError(EXIT.usage, CODE, message);
}

export const isUsageError = (error: CommanderError): boolean => error.code === CODE;
