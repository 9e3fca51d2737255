export const config = { level: process.env['LOG_LEVEL'] };
