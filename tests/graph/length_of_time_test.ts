/** Handlers read lengths of time as the engine does. */
import { assertEquals } from "@std/assert";
import postgres from "postgres";
import { lengthOfTime } from "../../supabase/functions/workflow-cron/length_of_time.ts";

/** What people, programs and templates write, and what they should not. */
const TEXTS = [
  ...[" 1 day ", "1\tday", "1 day\n", "1\u00a0day", "1 day\u00a0", "1 day\ufeff", "1\u2003day"],
  ...["P1D ", " P1D", "PT15M\n", "1 day ago ", "01:30 "],
  ...["0", "90", "1.5", "1 second", "30 seconds", "15 minutes", "1 hour", "2 hours 30 minutes"],
  ...[
    "1 day",
    "3 days",
    "1 week",
    "2 weeks",
    "1 month",
    "2 mons",
    "1 year",
    "10 years",
    "1 decade",
  ],
  ...["1 day 02:00", "1 day 02:03:04.5", "01:30", "01:30:00", "1:2", "25:00:00", "1 day, 2 hours"],
  ...["1d", "1d12h30m", "5m", "5min", "90s", "2hrs", "500 ms", "1.5 hours", "@ 1 minute", "1 Day"],
  ...["PT15M", "P1D", "P1DT2H", "P2W", "P1Y2M3DT4H5M6S", "PT0.5S", " 1 day ", "+1 day"],
  ...["-1 hour", "1 day ago", "1 day -30 hours", "1 day -02:00", "11 years", "10 years 1 day"],
  ...["P11Y", "", " ", "P", "a few days", "one day", "soon", "1 parsec", "1 day x"],
  ...["2 h -1h", "0 m 15 m", "1 day 2 days", "1h01:30", "2 m 1:2:3", "90 90", "1 s 5", "10s90"],
  ...["1.5 s 5 ms", "1.0 s 5 ms", "5 ms 2", "5 ms 2.5", "1 h 90", "1h90", "2 min 3 h", "1 day, 5"],
  ...["1min30s", "1m30s", "10w5", "1mon2h", "1months2h", "1 d+2 h", "1 day+2 h", "1 d-01:00"],
  ...["1.h", "1.day", "PT+2H", "P+1D", "P1DT-1H", "0 day ago", "-1 day 5 ago"],
  ...["-1 day 00:00 ago", "-1 day, ago", "1 day, 5 ago"],
  ...["day", "1 2 3", "1:60", "1:2:60", "null", "[object Object]", "1 day ago ago"],
];

Deno.test("handlers read the lengths of time that the engine reads, and no others", async () => {
  const sql = postgres(Deno.env.get("DATABASE_URL") ?? "", { max: 1 });
  try {
    const rows = await sql`
      select t.text, workflow_engine.is_wait_value('interval', to_jsonb(t.text)) as is_read
      from unnest(${TEXTS}::text[]) with ordinality t (text, number) order by t.number`;
    assertEquals<unknown>(
      TEXTS.map((text) => [text, lengthOfTime.safeParse(text).success]),
      rows.map((row) => [row.text, row.is_read]),
    );
  } finally {
    await sql.end();
  }
});
