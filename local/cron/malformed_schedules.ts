/** Schedules that pg_cron refuses; the stand-in's SQL and its worker have to agree. */
export const MALFORMED_SCHEDULES: readonly string[] = [
  "",
  "* * * *",
  "5 secondc",
  "50 seconds c",
  "0 seconds",
  "60 seconds",
  "-1 seconds",
  "*/0 10 * * *",
  "-1 * * * *",
  "*/-1 10 * * *",
  "* * * 13 *",
  "* * * 0 *",
  "0 11 $foo * *",
  "60 * * * *",
  "5/10 * * * *",
  "@restar",
];

/** Schedules that pg_cron refuses since 1.6; 1.4 takes them. */
export const MALFORMED_SINCE_1_6: readonly string[] = ["*/60 10 * * *", "*/5000000000 10 * * *"];
