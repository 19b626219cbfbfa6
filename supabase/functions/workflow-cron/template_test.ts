import { assertEquals, assertThrows } from "@std/assert";
import type { ClaimedAction } from "../_shared/contract/claim.ts";
import type { Json } from "../_shared/contract/json.ts";
import { compiledTemplate, type Filter, type Hole } from "../_shared/contract/template.ts";
import { asksForCallback, type FilledTemplate, fillTemplate, TemplateError } from "./template.ts";

const SECRETS = new Map([
  ["SHOP_API_KEY", "shop-12345678"],
  ["PIN", "1234"],
  ["SUPABASE_SECRET_KEYS", "sb_secret_12345678"],
  ["WORKFLOW_SECRET", "whsec_12345678"],
]);

function hole(...filters: [Filter["name"], ...Filter["arguments"]][]): Hole {
  return {
    path: "$.record.value",
    filters: filters.map(([name, ...values]) => ({ name, arguments: values })),
    required: false,
  };
}

function fill(payload: Json, holes: Hole[], values: Json[]): Json {
  return filledBy({ payload }, holes, values).payload;
}

function filledBy(
  template: Partial<ClaimedAction["template"]>,
  holes: Hole[] = [],
  values: Json[] = [],
  callbackUrl?: string,
): FilledTemplate {
  const complete = { payload: {}, target_endpoint: null, headers: {}, ...template };
  return fillTemplate(
    { template: complete, holes },
    values,
    (name) => SECRETS.get(name),
    callbackUrl,
  );
}

function filtered(value: Json, ...filters: Parameters<typeof hole>): Json {
  return fill({ $template: [0] }, [hole(...filters)], [value]);
}

function endpoint(parts: (string | number)[], values: Json[]): string | null {
  const template = { target_endpoint: { $template: parts } };
  return filledBy(template, values.map(() => hole()), values).targetEndpoint;
}

Deno.test("placeholders are filled wherever they stand in a payload", () => {
  const payload = {
    subject: { $template: ["Hello ", 0, "!"] },
    lists: [{ $template: [1] }, "as it is", 7, null],
  };
  assertEquals(fill(payload, [hole(), hole()], ["Ada", { deep: [1] }]), {
    subject: "Hello Ada!",
    lists: [{ deep: [1] }, "as it is", 7, null],
  });
});

for (const value of [0, 1.5, false, true, null, "", "text", [1, "2"], { a: null }]) {
  Deno.test(`a lone placeholder keeps ${JSON.stringify(value)} as it is`, () => {
    assertEquals(fill({ $template: [0] }, [hole()], [value]), value);
  });
}

Deno.test("inside a text null is nothing, a text itself, all else JSON", () => {
  const values = [null, "a", 0, false, [1], { b: 2 }];
  const parts = values.flatMap((_, index) => [index, "|"]);
  const text = fill({ $template: parts }, values.map(() => hole()), values);
  assertEquals(text, '|a|0|false|[1]|{"b":2}|');
});

for (
  const [name, value, filters, expected] of [
    ["default replaces null", null, [["default", "you"]], "you"],
    ["default replaces an empty text", "", [["default", "you"]], "you"],
    ["default leaves 0 alone", 0, [["default", 5]], 0],
    ["default leaves false alone", false, [["default", "yes"]], false],
    ["date takes days by default", "2026-11-23T15:00:00+00:00", [["date"]], "2026-11-23"],
    [
      "date takes a pattern",
      "2026-11-23T15:04:00+00:00",
      [["date", "d MMMM yyyy, HH:mm"]],
      "23 November 2026, 15:04",
    ],
    [
      "date takes a time zone",
      "2026-07-01T23:30:00Z",
      [["date", "yyyy-MM-dd HH:mm", "Europe/Berlin"]],
      "2026-07-02 01:30",
    ],
    [
      "date reads microseconds as Postgres writes them",
      "2026-11-23T15:00:00.123456+02:00",
      [["date", "HH:mm:ss.SSS"]],
      "13:00:00.123",
    ],
    ["date leaves a day alone in any zone", "2026-11-23", [[
      "date",
      "yyyy-MM-dd HH:mm",
      "America/New_York",
    ]], "2026-11-23 00:00"],
    ["date takes milliseconds", 0, [["date", "yyyy"]], "1970"],
    ["date leaves null alone", null, [["date"]], null],
    ["number makes a number", "42.50", [["number"]], 42.5],
    ["number takes decimals", 1234.5, [["number", 2]], "1234.50"],
    ["number takes a locale", 1234.5, [["number", 2, "de"]], "1.234,50"],
    ["upper", "straße", [["upper"]], "STRASSE"],
    ["lower", "ADA", [["lower"]], "ada"],
    ["upper takes numbers", 7, [["upper"]], "7"],
    ["join", ["a", 1, null, true], [["join"]], "a, 1, , true"],
    ["join takes a separator", ["a", "b"], [["join", " / "]], "a / b"],
    ["json", { a: [1, null] }, [["json"]], '{"a":[1,null]}'],
    ["filters follow each other", null, [["default", "you"], ["upper"]], "YOU"],
  ] satisfies [string, Json, Parameters<typeof hole>, Json][]
) {
  Deno.test(`filter: ${name}`, () => assertEquals(filtered(value, ...filters), expected));
}

for (
  const [name, value, filters, message] of [
    ["a day that does not exist", "2026-02-30", [["date"]], '"2026-02-30" is not a time'],
    ["a zone that does not exist", "2026-01-01", [["date", "yyyy", "Mars/Base"]], '"Mars/Base"'],
    ["a pattern that is none", "2026-01-01", [["date", "n"]], "unescaped latin alphabet"],
    ["a text as a number", "many", [["number"]], '"many" is not a number'],
    ["an object in capitals", {}, [["upper"]], "{} is not a text"],
    ["a text as a list", "a", [["join"]], '"a" is not a list'],
  ] satisfies [string, Json, Parameters<typeof hole>, string][]
) {
  Deno.test(`a filter refuses ${name}, naming path and filter`, () => {
    const error = assertThrows(() => filtered(value, ...filters), TemplateError, message);
    const expected = `Cannot apply filter "${filters[0]?.[0]}" to "$.record.value": `;
    assertEquals(error.message.slice(0, expected.length), expected);
  });
}

Deno.test("a required value that is missing is refused by its path", () => {
  const required = { ...hole(), required: true };
  assertThrows(
    () => fill({ $template: ["Dear ", 0] }, [required], [null]),
    TemplateError,
    'Cannot fill "$.record.value": it is required and has no value',
  );
});

Deno.test("a default satisfies required", () => {
  const required = { ...hole(["default", "you"]), required: true };
  assertEquals(fill({ $template: [0] }, [required], [null]), "you");
});

Deno.test("a value cannot leave its place in an address", () => {
  const address = endpoint(["/users/", 0, "?tab=", 1], ["../admin", "a&b=c"]);
  assertEquals(address, "/users/..%2Fadmin?tab=a%26b%3Dc");
});

Deno.test("a value at the beginning may be a whole address", () => {
  assertEquals(endpoint([0], ["https://a.example/x?y=1"]), "https://a.example/x?y=1");
  assertEquals(endpoint([0, "/", 1], ["https://a.example", "b/c"]), "https://a.example/b%2Fc");
});

Deno.test("a reference to a secret is filled wherever it stands in payload and headers", () => {
  const reference = { $secret: "SHOP_API_KEY" };
  const { payload, headers } = filledBy({
    payload: { deep: [{ key: reference }] },
    headers: { "x-api-key": reference },
  });
  assertEquals(payload, { deep: [{ key: "shop-12345678" }] });
  assertEquals(headers, { "x-api-key": "shop-12345678" });
});

Deno.test("a value that looks like a reference stays a value", () => {
  const value = { $secret: "SHOP_API_KEY" };
  assertEquals(fill({ got: { $template: [0] } }, [hole()], [value]), { got: value });
});

for (
  const [name, reference, message] of [
    ["one that is not set", { $secret: "MISSING" }, '"MISSING": it is not set; type `supabase'],
    ["the platform's keys", { $secret: "SUPABASE_SECRET_KEYS" }, "it is the engine's own"],
    ["the engine's keys", { $secret: "WORKFLOW_SECRET" }, "it is the engine's own"],
    [
      "one too short to be redacted",
      { $secret: "PIN" },
      "below 8 characters it could not be redacted",
    ],
    ["one with a key beside it", { $secret: "SHOP_API_KEY", a: 1 }, "nothing beside it"],
    ["one that a value names", { $secret: { $template: [0] } }, "nothing beside it"],
    ["one that is no name", { $secret: "a b" }, "nothing beside it"],
  ] satisfies [string, Json, string][]
) {
  Deno.test(`a reference to a secret is refused: ${name}`, () => {
    assertThrows(() => fill(reference, [hole()], ["SHOP_API_KEY"]), TemplateError, message);
  });
}

Deno.test("a reference to the callback URL is filled wherever it stands in payload and headers", () => {
  const url = "https://project.supabase.co/callback";
  const reference = { $callback_url: true };
  const template = { payload: { deep: [reference] }, headers: { "x-notify": reference } };
  const { payload, headers } = filledBy(template, [], [], url);
  assertEquals(payload, { deep: [url] });
  assertEquals(headers, { "x-notify": url });
});

Deno.test("a value that looks like a reference to the callback URL stays a value", () => {
  const value = { $callback_url: true };
  assertEquals(fill({ got: { $template: [0] } }, [hole()], [value]), { got: value });
});

for (const reference of [{ $callback_url: false }, { $callback_url: true, a: 1 }]) {
  Deno.test(`${JSON.stringify(reference)} is refused as a reference to the callback URL`, () => {
    const fillIt = () => filledBy({ payload: reference }, [], [], "https://a.example");
    assertThrows(fillIt, TemplateError, 'write {"$callback_url": true} and nothing beside it');
  });
}

for (
  const [name, template, expected] of [
    ["nothing", {}, false],
    ["a text of its name", { payload: { a: "$callback_url" } }, false],
    ["a payload that holds it deep inside", { payload: [{ a: [{ $callback_url: true }] }] }, true],
    ["a header that is it", { headers: { a: { $callback_url: true } } }, true],
  ] satisfies [string, Partial<ClaimedAction["template"]>, boolean][]
) {
  Deno.test(`${name} ${expected ? "asks" : "does not ask"} for the callback URL`, () => {
    assertEquals(asksForCallback(compiledTemplate.parse(template)), expected);
  });
}

Deno.test("headers are filled as texts, and left out where there is no value", () => {
  const headers = { "x-id": { $template: [0] }, "x-none": { $template: [1] }, "x-n": 7 };
  const filled = filledBy({ headers }, [hole(), hole()], [12, null]);
  assertEquals(filled.headers, { "x-id": "12", "x-n": "7" });
});

Deno.test("an action without a template sends nothing nowhere", () => {
  assertEquals(filledBy(compiledTemplate.parse({})), {
    payload: {},
    targetEndpoint: null,
    headers: {},
  });
});
