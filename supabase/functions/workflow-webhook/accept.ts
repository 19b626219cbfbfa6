/** The forms in which an approval is answered. */
export type Form = "page" | "text" | "json";

const FORMS: ReadonlyMap<string, Form> = new Map([
  ["text/html", "page"],
  ["text/plain", "text"],
  ["application/json", "json"],
]);

/**
 * The form that the client likes best; among equals the first one that it names. A client that
 * takes anything gets `otherwise`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.accept
 */
export function preferredForm(headers: Headers, otherwise: Form): Form {
  const ranges = (headers.get("accept") ?? "").split(",").map(readRange);
  const [best] = ranges.filter(({ weight }) => weight > 0)
    .toSorted((one, other) => other.weight - one.weight)
    .flatMap(({ type }) => FORMS.get(type) ?? []);
  return best ?? otherwise;
}

/** The same, with text in the place of pages where browsers would see nothing but their source. */
export function servedForm(headers: Headers, otherwise: Form, canServePages: boolean): Form {
  const form = preferredForm(headers, otherwise);
  return form === "page" && !canServePages ? "text" : form;
}

/** A media range such as `text/html;q=0.8`. */
function readRange(range: string): { type: string; weight: number } {
  const [type = "", ...parameters] = range.toLowerCase().split(";").map((part) => part.trim());
  const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  return { type, weight: weight === undefined ? 1 : Number(weight) };
}
