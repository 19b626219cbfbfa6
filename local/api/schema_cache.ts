/** What a connection knows of the database's schema, and forgets when told to. */
export interface SchemaCache<Options, Schema> {
  introspect(options?: Options): Promise<Schema>;
  clearSchemaCache(): Promise<void>;
}

/**
 * Lets a connection keep no schema that it began to read before its cache was cleared: what changed
 * meanwhile may be missing in it, and nothing would clear it again.
 */
export function forgetOutdatedSchema<Options, Schema>(cache: SchemaCache<Options, Schema>): void {
  const introspect = cache.introspect.bind(cache);
  const clear = cache.clearSchemaCache.bind(cache);
  let clearings = 0;
  cache.introspect = async (options) => {
    const before = clearings;
    const schema = await introspect(options);
    if (before !== clearings) await clear();
    return schema;
  };
  cache.clearSchemaCache = async () => {
    clearings++;
    await clear();
  };
}
