import { z } from 'zod'; // breaks: declared-dependencies

export const level = z.string().parse(process.env.LOG_LEVEL); // breaks: process-env
