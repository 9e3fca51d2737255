import { first } from './first.ts'; // breaks: cycles

export const second = (): number => first();
