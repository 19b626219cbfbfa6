/** Rules of the style guide that `deno lint` does not know; `deno.json` names this plugin. */

const isTest = (path: string) => /_test\.ts$|\/(tests|testing)\//.test(path);

/** Whether a type is the `const` of `as const`. */
function isConst(type: Deno.lint.TypeNode): boolean {
  return type.type === "TSTypeReference" && type.typeName.type === "Identifier" &&
    type.typeName.name === "const";
}

const plugin: Deno.lint.Plugin = {
  name: "workflow",
  rules: {
    "no-cast": {
      create(context) {
        if (isTest(context.filename)) return {};
        const message = "A cast hides what is not known: parse with zod, or narrow";
        return {
          TSAsExpression(node) {
            if (isConst(node.typeAnnotation)) return;
            context.report({ node, message });
          },
          TSTypeAssertion(node) {
            context.report({ node, message });
          },
        };
      },
    },
  },
};

export default plugin;
