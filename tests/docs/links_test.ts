import { assertEquals } from "@std/assert";
import { dirname, join } from "node:path";
import { filesBelow, repositoryRoot } from "../../tools/repository.ts";

Deno.test("every link from a page to a file, or to a heading of one, leads there", async () => {
  const pages = (await filesBelow(repositoryRoot)).filter((path) => path.endsWith(".md"));
  const broken: string[] = [];
  for (const page of pages) {
    for (const link of findLinks(await readText(page))) {
      const [path = "", heading] = link.split("#");
      const target = path === "" ? page : join(dirname(page), path);
      if (!await leadsTo(target, heading)) broken.push(`${page}: ${link}`);
    }
  }
  assertEquals(broken, []);
});

/** The links of a page that leave out the host; code is none. */
function findLinks(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```$/gm, "").replace(/`[^`\n]*`/g, "code");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link)
    .filter((link) => !/^[a-z]+:/.test(link));
}

async function leadsTo(path: string, heading: string | undefined): Promise<boolean> {
  const exists = await Deno.stat(join(repositoryRoot, path)).then(() => true, () => false);
  if (!exists || heading === undefined) return exists;
  const headings = [...(await readText(path)).matchAll(/^#+ (.*)$/gm)];
  return headings.some(([, text = ""]) => anchorOf(text) === heading);
}

/** A heading's anchor, as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-");
}

async function readText(path: string): Promise<string> {
  return await Deno.readTextFile(join(repositoryRoot, path));
}
