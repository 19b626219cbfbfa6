import { assertEquals, assertRejects } from "@std/assert";
import { AddressRefused, checkAddress } from "./address.ts";

for (
  const address of [
    "http://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "/relative",
    "https://user@example.com/",
    "https://user:password@example.com/",
    "https://localhost/",
    "https://intranet/",
    "https://db.internal/",
    "https://printer.local/",
    "https://app.localhost/",
    "https://metadata.google.internal./",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://0/",
    "https://10.1.2.3/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://168.63.129.16/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[::]/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://１２７.0.0.1/",
  ]
) {
  Deno.test(`the address ${address} is refused`, async () => {
    await assertRejects(() => checkAddress(address, { allowedHosts: [] }), AddressRefused);
  });
}

Deno.test("public addresses are allowed", async () => {
  const rules = { allowedHosts: [], resolve: () => Promise.resolve(["93.184.215.14"]) };
  assertEquals(
    (await checkAddress("https://example.com/a?b", rules)).href,
    "https://example.com/a?b",
  );
  assertEquals((await checkAddress("https://8.8.8.8:8443/", rules)).port, "8443");
  assertEquals((await checkAddress("https://[2606:4700::1]/", rules)).protocol, "https:");
});

Deno.test("a public name with one private address is refused", async () => {
  const resolve = () => Promise.resolve(["93.184.215.14", "10.0.0.5"]);
  await assertRejects(
    () => checkAddress("https://rebind.example/", { allowedHosts: [], resolve }),
    AddressRefused,
    'Cannot call "https://rebind.example/": "10.0.0.5" is a private address',
  );
});

Deno.test("an allowed host opens every port, an allowed host and port only itself", async () => {
  const http = "http://127.0.0.1:9000/";
  assertEquals((await checkAddress(http, { allowedHosts: ["127.0.0.1"] })).href, http);
  assertEquals((await checkAddress(http, { allowedHosts: ["127.0.0.1:9000"] })).href, http);
  await assertRejects(
    () => checkAddress(http, { allowedHosts: ["127.0.0.1:9001"] }),
    AddressRefused,
  );
  assertEquals(
    (await checkAddress("http://app.internal/", { allowedHosts: ["app.internal:80"] })).host,
    "app.internal",
  );
});

Deno.test("a refusal shows neither user name nor query", async () => {
  const error = await assertRejects(
    () => checkAddress("https://me:secret@example.com/a?token=1", { allowedHosts: [] }),
    AddressRefused,
  );
  assertEquals(
    error.message,
    'Cannot call "https://example.com/a": it holds a user name or password',
  );
});
