/** A piece of HTML whose values are escaped. */
export interface Html {
  readonly html: string;
}

type Value = string | Html | readonly Html[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Fills values into HTML; texts are escaped, pieces of HTML stay what they are. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  const filled = parts.map((part, index) => part + render(values[index] ?? ""));
  return { html: filled.join("") };
}

function render(value: Value): string {
  if (typeof value === "string") {
    return value.replace(/[&<>"']/g, (each) => ENTITIES[each] ?? each);
  }
  return "html" in value ? value.html : value.map(render).join("");
}
