import { dirname, join, normalize } from "node:path";
import { z } from "zod";

/** What the Supabase CLI says about a function that it uploads. */
const functionMetadata = z.object({
  name: z.string(),
  entrypoint_path: z.string(),
  import_map_path: z.string(),
  static_patterns: z.array(z.string()),
  verify_jwt: z.boolean(),
});
export type FunctionMetadata = z.infer<typeof functionMetadata>;

/** A function as it was uploaded: what a hosted project would get, and no more. */
export interface UploadedFunction {
  readonly slug: string;
  readonly metadata: FunctionMetadata;
  /** The contents by path, from the root of the project. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Reads the body of `POST /v1/projects/{ref}/functions/deploy`: a part `metadata` in JSON and a part
 * `file` for each file.
 *
 * @throws {Error} When a part is missing or malformed.
 */
export async function readUpload(slug: string, request: Request): Promise<UploadedFunction> {
  const form = await request.formData();
  const metadata = functionMetadata.parse(JSON.parse(String(form.get("metadata"))));
  const files = new Map<string, Uint8Array>();
  for (const part of form.getAll("file")) {
    if (typeof part === "string") throw new Error(`Cannot take "${part}": it is not a file`);
    files.set(part.name, new Uint8Array(await part.arrayBuffer()));
  }
  return { slug, metadata, files };
}

/**
 * Writes the files of an uploaded function below a folder.
 *
 * @throws {Error} When one of them would be written elsewhere.
 */
export async function unpackFunction(
  { files }: Pick<UploadedFunction, "files">,
  folder: string,
): Promise<void> {
  for (const [path, contents] of files) {
    if (/^(\/|\.\.(\/|$))/.test(normalize(path))) {
      throw new Error(`Cannot unpack "${path}": it leaves the folder`);
    }
    await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
    await Deno.writeFile(join(folder, path), contents);
  }
}
